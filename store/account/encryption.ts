/** Encryption at rest: AES-256-GCM with a key from the environment, never from the database. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ConfigurationError } from '../../domain/errors.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** Keys of 32 bytes: one, or the current one followed by older ones that only decrypt. */
export type EncryptionKeys = Buffer | readonly Buffer[];

/**
 * Encrypts a text with the current key. Returns nonce, then tag, then cipher text. `context` says what the text belongs
 * to: it is not stored, and nothing decrypts without it (the associated data of GCM).
 */
export function encrypt(text: string, keys: EncryptionKeys, context: string): Buffer {
  const [key = Buffer.alloc(0)] = listOf(keys);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  const cipherText = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), cipherText]);
}

/**
 * Decrypts what `encrypt` returned. `isCurrent` is false when it took an older key: then encrypt it again.
 * @throws ConfigurationError when none of the keys fits, or the context is another one
 */
export function decrypt(
  encrypted: Buffer,
  keys: EncryptionKeys,
  context: string,
): { text: string; isCurrent: boolean } {
  for (const [age, key] of listOf(keys).entries()) {
    const text = decryptedWith(encrypted, key, context);
    if (text !== null) return { text, isCurrent: age === 0 };
  }
  throw new ConfigurationError(
    'The stored Timely tokens were encrypted with another TIMELY_SYNC_KEY, or for another tenant, account or address of Timely.',
    {
      remedy:
        'Give the workers the key they had before, as TIMELY_SYNC_KEY_PREVIOUS when it was replaced, or connect the tenant again.',
    },
  );
}

/** Null when the key or the context does not fit, or the data was changed: GCM proves all of it. */
function decryptedWith(encrypted: Buffer, key: Buffer, context: string): string | null {
  const decipher = createDecipheriv('aes-256-gcm', key, encrypted.subarray(0, nonceBytes));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(encrypted.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    const text = decipher.update(encrypted.subarray(nonceBytes + tagBytes));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

const listOf = (keys: EncryptionKeys): readonly Buffer[] => (Buffer.isBuffer(keys) ? [keys] : keys);
