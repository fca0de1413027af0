/** Checks of DPoP proofs, at the token endpoint and at the API (docs/reference/okta.md section 5). */
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, EmbeddedJWK } from 'jose';
import { isRecord } from '../../simulated-response.ts';
import type { OnceOnly } from './once-only.ts';

const rsa = ['RS256', 'RS384', 'RS512'];
const curves = ['ES256', 'ES384', 'ES512'];
const longestAgeSeconds = 300;

interface ProofExpectation {
  method: string;
  /** The URL without query, its path decoded. */
  url: string;
  nowMs: number;
  skewSeconds: number;
  algorithms: 'RSA and EC' | 'RSA';
  used: OnceOnly;
  /** At the API: the token that the proof goes with. */
  token?: string;
  /** Whether a nonce is good; absent: none is asked for. */
  acceptsNonce?: (nonce: unknown) => boolean;
}

/** A proof, or why it is refused. `needsNonce`: it is good but for the nonce. */
export type ProofResult = { thumbprint: string } | { problem: string } | { needsNonce: true };

export async function checkProof(proof: string | null, expected: ProofExpectation): Promise<ProofResult> {
  if (!proof) return { problem: 'The DPoP proof JWT header is missing.' };
  const verified = await verify(proof, expected);
  if (typeof verified === 'string') return { problem: verified };
  const { claims, thumbprint } = verified;
  const wrong = wrongClaim(claims, expected);
  if (wrong) return { problem: `'${wrong}' claim in the DPoP proof JWT is invalid.` };
  if (expected.acceptsNonce && !expected.acceptsNonce(claims.nonce)) return { needsNonce: true };
  const untilMs = expected.nowMs + longestAgeSeconds * 1000;
  const isNew = expected.used.isFirst(String(claims.jti), untilMs, expected.nowMs);
  return isNew ? { thumbprint } : { problem: 'The DPoP proof JWT has already been used.' };
}

type Verified = { claims: Record<string, unknown>; thumbprint: string };

async function verify(proof: string, { algorithms }: ProofExpectation): Promise<Verified | string> {
  const accepted = algorithms === 'RSA' ? rsa : [...rsa, ...curves];
  try {
    const { typ, alg, jwk } = decodeProtectedHeader(proof);
    if (typ !== 'dpop+jwt') return "'typ' in the DPoP proof JWT header is invalid.";
    if (!accepted.includes(alg ?? '')) return 'The DPoP proof JWT signature algorithm is not supported.';
    if (!jwk || 'd' in jwk) return "'jwk' in the DPoP proof JWT header is invalid.";
    const { payload } = await compactVerify(proof, EmbeddedJWK, { algorithms: accepted });
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    return isRecord(claims)
      ? { claims, thumbprint: await calculateJwkThumbprint(jwk) }
      : 'The DPoP proof JWT is invalid.';
  } catch {
    return 'The DPoP proof JWT signature is invalid.';
  }
}

/** Returns the name of the first claim that is wrong. */
function wrongClaim(claims: Record<string, unknown>, expected: ProofExpectation): string | null {
  const { method, url, nowMs, skewSeconds, token } = expected;
  const now = Math.floor(nowMs / 1000);
  const { iat, ath } = claims;
  if (claims.htm !== method) return 'htm';
  if (claims.htu !== url) return 'htu';
  if (typeof iat !== 'number' || iat > now + skewSeconds || iat < now - longestAgeSeconds - skewSeconds)
    return 'iat';
  if (typeof claims.jti !== 'string' || claims.jti === '') return 'jti';
  if (token !== undefined && ath !== createHash('sha256').update(token).digest('base64url')) return 'ath';
  return null;
}
