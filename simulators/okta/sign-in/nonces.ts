/** Nonces of DPoP: a new one each day, an old one stays good for three (docs/reference/okta.md section 5). */
import { randomBytes } from 'node:crypto';
import type { NonceState } from './service-app.ts';

const dayMs = 24 * 3_600_000;

/** Returns the nonce of today, and forgets those that have ended. */
export function currentNonce(nonces: NonceState, nowMs: number): string {
  const good = nonces.filter(({ issuedMs }) => nowMs - issuedMs < 3 * dayMs);
  const [newest] = good;
  if (newest && nowMs - newest.issuedMs < dayMs) return newest.nonce;
  const nonce = randomBytes(24).toString('base64url');
  nonces.splice(0, Infinity, { nonce, issuedMs: nowMs }, ...good);
  return nonce;
}

export const isGoodNonce = (nonces: NonceState, nonce: unknown, nowMs: number): boolean =>
  nonces.some((known) => known.nonce === nonce && nowMs - known.issuedMs < 3 * dayMs);
