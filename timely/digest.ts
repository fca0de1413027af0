import { createHash } from 'node:crypto';

/** SHA-256 in hex: tells a secret again without keeping it. */
export const sha256Hex = (secret: string): string => createHash('sha256').update(secret).digest('hex');
