/** Authorization codes: what a person granted, redeemable once and for a short time (RFC 6749 section 4.1, RFC 7636). */
import { createHash, randomBytes } from 'node:crypto';

/** What the sign-in of a person was asked for, and who it was. */
export interface OpenIdGrant {
  clientId: string;
  redirectUri: string;
  /** Id of the account in the directory. */
  accountId: string;
  scopes: string[];
  nonce: string | null;
  /** SHA-256 of the verifier that has to come with the code, in base64url; null: none was announced. */
  challenge: string | null;
}

/** Why a code is refused. */
export type CodeProblem =
  | 'unknown'
  | 'used'
  | 'expired'
  | 'other client'
  | 'other address'
  | 'wrong verifier';

/** What comes with a code. */
export interface Redemption {
  code: string;
  clientId: string;
  redirectUri: string;
  verifier: string;
}

interface IssuedCode {
  grant: OpenIdGrant;
  issuedMs: number;
  isUsed: boolean;
}

/** Codes are remembered after their end, to tell a used one from one that never was. */
const codesKept = 1_000;

export class AuthorizationCodes {
  readonly #lifeMs: number;
  readonly #codes = new Map<string, IssuedCode>();

  constructor(lifeSeconds: number) {
    this.#lifeMs = lifeSeconds * 1000;
  }

  issue(grant: OpenIdGrant, nowMs: number): string {
    const code = randomBytes(32).toString('base64url');
    this.#codes.set(code, { grant, issuedMs: nowMs, isUsed: false });
    const [oldest] = this.#codes.keys();
    if (this.#codes.size > codesKept && oldest !== undefined) this.#codes.delete(oldest);
    return code;
  }

  /** Returns the code of the sign-in before the newest one of a client, null without one. */
  earlier(clientId: string): string | null {
    const ofClient = [...this.#codes].filter(([, { grant }]) => grant.clientId === clientId);
    return ofClient.at(-2)?.[0] ?? null;
  }

  /** Ends every code. */
  expireAll(): void {
    for (const issued of this.#codes.values()) issued.issuedMs = -this.#lifeMs;
  }

  /** Returns the grant of a code, and ends the code; or why it is refused. */
  redeem({ code, clientId, redirectUri, verifier }: Redemption, nowMs: number): OpenIdGrant | CodeProblem {
    const issued = this.#codes.get(code);
    if (!issued) return 'unknown';
    const { grant } = issued;
    if (issued.isUsed) return 'used';
    if (nowMs >= issued.issuedMs + this.#lifeMs) return 'expired';
    if (grant.clientId !== clientId) return 'other client';
    if (grant.redirectUri !== redirectUri) return 'other address';
    // A wrong verifier ends the code too: it is in the wrong hands.
    issued.isUsed = true;
    return fits(grant.challenge, verifier) ? grant : 'wrong verifier';
  }
}

const fits = (challenge: string | null, verifier: string): boolean =>
  challenge === null || createHash('sha256').update(verifier).digest('base64url') === challenge;
