/** Encryption at rest: AES-256-GCM with a key from the environment, never from the database. */
import { decryptBytes, encryptBytes } from '../../encryption/aes-gcm.ts';

/** Keys of 32 bytes: one, or the current one followed by older ones that only decrypt. */
export type EncryptionKeys = Buffer | readonly Buffer[];

/**
 * Encrypts a text with the current key. Returns nonce, then tag, then cipher text. `context` says what the text belongs
 * to: it is not stored, and nothing decrypts without it (the associated data of GCM).
 */
export function encrypt(text: string, keys: EncryptionKeys, context: string): Buffer {
  const [key = Buffer.alloc(0)] = listOf(keys);
  return encryptBytes(Buffer.from(text), key, Buffer.from(context));
}

/**
 * Decrypts what `encrypt` returned; null when none of the keys fits, or the context is another one. `isCurrent` is false
 * when it took an older key: then encrypt it again.
 */
export function decrypt(
  encrypted: Buffer,
  keys: EncryptionKeys,
  context: string,
): { text: string; isCurrent: boolean } | null {
  for (const [age, key] of listOf(keys).entries()) {
    const text = decryptBytes(encrypted, key, Buffer.from(context));
    if (text !== null) return { text: text.toString('utf8'), isCurrent: age === 0 };
  }
  return null;
}

const listOf = (keys: EncryptionKeys): readonly Buffer[] => (Buffer.isBuffer(keys) ? [keys] : keys);
