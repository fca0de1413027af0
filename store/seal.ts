/** Encryption at rest: AES-256-GCM with a key from the environment, never from the database. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ConfigurationError } from '../domain/errors.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** Seals a text: nonce, then tag, then cipher text. `key` is 32 bytes. */
export function seal(text: string, key: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Opens what `seal` made. @throws ConfigurationError when the key is another one. */
export function unseal(sealed: Buffer, key: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes));
  decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    const text = decipher.update(sealed.subarray(nonceBytes + tagBytes));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    throw new ConfigurationError('The stored Timely tokens were sealed with another TIMELY_SYNC_KEY.', {
      remedy: 'Give the workers the key they had before, or connect the tenant again.',
    });
  }
}
