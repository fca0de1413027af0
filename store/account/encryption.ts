/** Encryption at rest: AES-256-GCM with a key from the environment, never from the database. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ConfigurationError } from '../../domain/errors.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** Keys of 32 bytes: one, or the current one followed by older ones that only open. */
export type EncryptionKeys = Buffer | readonly Buffer[];

/** Seals a text with the current key: nonce, then tag, then cipher text. */
export function encrypt(text: string, keys: EncryptionKeys): Buffer {
  const [key = Buffer.alloc(0)] = listOf(keys);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/**
 * Opens what `seal` made. `isCurrent` is false when it took an older key, so that it should be sealed anew.
 * @throws ConfigurationError when none of the keys is the right one
 */
export function decrypt(sealed: Buffer, keys: EncryptionKeys): { text: string; isCurrent: boolean } {
  for (const [age, key] of listOf(keys).entries()) {
    const text = openedWith(sealed, key);
    if (text !== null) return { text, isCurrent: age === 0 };
  }
  throw new ConfigurationError('The stored Timely tokens were sealed with another TIMELY_SYNC_KEY.', {
    remedy:
      'Give the workers the key they had before, as TIMELY_SYNC_KEY_PREVIOUS when it was replaced, or connect the tenant again.',
  });
}

/** Null when the key is another one, or the text was changed: GCM proves both. */
function openedWith(sealed: Buffer, key: Buffer): string | null {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes));
  decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    const text = decipher.update(sealed.subarray(nonceBytes + tagBytes));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

const listOf = (keys: EncryptionKeys): readonly Buffer[] => (Buffer.isBuffer(keys) ? [keys] : keys);
