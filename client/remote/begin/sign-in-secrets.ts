/** Secrets of the browser or program that begins a sign-in: without them no other one can complete it (RFC 7636). */
import { createHash, randomBytes } from 'node:crypto';

/** A text that cannot be guessed: 256 random bits. */
export const randomText = (): string => randomBytes(32).toString('base64url');

/** What the service is shown of the verifier (S256). */
export const challengeOf = (codeVerifier: string): string =>
  createHash('sha256').update(codeVerifier).digest('base64url');
