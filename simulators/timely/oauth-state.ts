/**
 * OAuth of the simulated Timely: one application, codes, and rotating token pairs
 * (docs/reference/timely-api.md section 1).
 */
import { createHash, randomBytes } from 'node:crypto';
import type { TimelyBehaviour } from './objects.ts';

export interface IssuedTokens {
  accessToken: string;
  refreshToken: string;
  /** Id of the Timely user that the tokens act for. */
  userId: number;
  createdAtMs: number;
  /** Whether the access token works. */
  accessAlive: boolean;
  refreshAlive: boolean;
}

interface SavedCode {
  code: string;
  redirectUri: string;
  userId: number;
  /** SHA-256 of the verifier that must come with the code (RFC 7636); null without a challenge. */
  codeChallenge: string | null;
}

export interface SavedOAuth {
  applicationId: string;
  applicationSecret: string;
  /** The first refresh token, as printed for the tenant file. Works once. */
  initialRefreshToken: string;
  codes: SavedCode[];
  pairs: IssuedTokens[];
}

const pairsKept = 50;

/** Returns a random secret of 32 characters. */
export const randomSecret = (): string => randomBytes(24).toString('base64url');

export class OAuthState {
  readonly applicationId: string;
  readonly applicationSecret: string;
  readonly initialRefreshToken: string;
  #codes: SavedOAuth['codes'];
  #pairs: IssuedTokens[];
  readonly #behaviour: TimelyBehaviour;
  readonly #clock: () => Date;

  constructor(saved: SavedOAuth, behaviour: TimelyBehaviour, clock: () => Date) {
    this.applicationId = saved.applicationId;
    this.applicationSecret = saved.applicationSecret;
    this.initialRefreshToken = saved.initialRefreshToken;
    this.#codes = saved.codes;
    this.#pairs = saved.pairs;
    this.#behaviour = behaviour;
    this.#clock = clock;
  }

  save(): SavedOAuth {
    const { applicationId, applicationSecret, initialRefreshToken } = this;
    return { applicationId, applicationSecret, initialRefreshToken, codes: this.#codes, pairs: this.#pairs };
  }

  /** Returns a code for the authorization-code grant, as if the user consented in the browser. */
  authorize(redirectUri: string, userId: number, codeChallenge: string | null = null): string {
    const code = randomSecret();
    this.#codes.push({ code, redirectUri, userId, codeChallenge });
    return code;
  }

  /** Redeems a code once. Revokes all earlier pairs. */
  redeemCode(code: string, redirectUri: string, verifier: string): IssuedTokens | null {
    const found = this.#codes.find((entry) => entry.code === code && entry.redirectUri === redirectUri);
    if (!found || !fitsChallenge(found, verifier)) return null;
    this.#codes = this.#codes.filter((entry) => entry !== found);
    this.revokeAll();
    return this.issue(found.userId);
  }

  /** Returns a new pair for a live refresh token and ends that token; null when it is not live. */
  refresh(refreshToken: string): IssuedTokens | null {
    const found = this.#pairs.find((pair) => pair.refreshAlive && pair.refreshToken === refreshToken);
    if (!found) return null;
    if (this.#behaviour.refreshTokens === 'keep') return this.issue(found.userId, refreshToken);
    found.refreshAlive = false;
    return this.issue(found.userId);
  }

  issue(userId: number, refreshToken = randomSecret()): IssuedTokens {
    const pair: IssuedTokens = {
      accessToken: randomSecret(),
      refreshToken,
      userId,
      createdAtMs: this.#clock().getTime(),
      accessAlive: true,
      refreshAlive: true,
    };
    this.#pairs = [...this.#pairs, pair].slice(-pairsKept);
    return pair;
  }

  /** Returns the pair of a live access token, or null. */
  access(accessToken: string): IssuedTokens | null {
    const pair = this.#pairs.find((entry) => entry.accessAlive && entry.accessToken === accessToken);
    const lifeSeconds = this.#behaviour.accessTokenSeconds;
    const ended =
      pair && lifeSeconds !== null && this.#clock().getTime() > pair.createdAtMs + lifeSeconds * 1000;
    return pair && !ended ? pair : null;
  }

  revoke(token: string): void {
    for (const pair of this.#pairs)
      if (pair.accessToken === token || pair.refreshToken === token) {
        Object.assign(pair, { accessAlive: false, refreshAlive: false });
      }
  }

  /** Ends all tokens, as when a user removes the application. */
  revokeAll(): void {
    for (const pair of this.#pairs) Object.assign(pair, { accessAlive: false, refreshAlive: false });
  }

  /** Ends the access tokens. A refresh gives a new one. */
  expireAccess(): void {
    for (const pair of this.#pairs) pair.accessAlive = false;
  }
}

const fitsChallenge = ({ codeChallenge }: SavedCode, verifier: string) =>
  codeChallenge === null || createHash('sha256').update(verifier).digest('base64url') === codeChallenge;
