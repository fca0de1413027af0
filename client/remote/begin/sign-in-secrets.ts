/** What only the browser or program that began a sign-in knows, so that nobody else can end it (RFC 7636). */
import { createHash, randomBytes } from 'node:crypto';

/** A text that nobody guesses: 256 random bits. */
export const randomText = (): string => randomBytes(32).toString('base64url');

/** What the service is shown of the verifier (S256). */
export const challengeOf = (codeVerifier: string): string =>
  createHash('sha256').update(codeVerifier).digest('base64url');
