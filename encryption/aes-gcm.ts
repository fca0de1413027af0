import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts with AES-256-GCM; `context` is authenticated too. Returns nonce, then tag, then cipher text. */
export function encryptBytes(bytes: Uint8Array, key: Uint8Array, context: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  const cipherText = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), cipherText]);
}

/** Decrypts what `encryptBytes` returned; null when key or context do not fit, or the bytes were changed. */
export function decryptBytes(encrypted: Buffer, key: Uint8Array, context: Uint8Array): Buffer | null {
  if (encrypted.length < nonceBytes + tagBytes) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, encrypted.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  }).setAAD(context);
  decipher.setAuthTag(encrypted.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    const bytes = decipher.update(encrypted.subarray(nonceBytes + tagBytes));
    return Buffer.concat([bytes, decipher.final()]);
  } catch {
    return null;
  }
}
