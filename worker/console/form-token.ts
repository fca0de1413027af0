/** The hidden field of every form: it proves that the form is one of ours, made for this session (against CSRF). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { derivedKeys } from '../../store/account/derived-keys.ts';
import type { EncryptionKeys } from '../../store/account/encryption.ts';

export const formTokenField = 'token';

const tokens = (keys: EncryptionKeys, sessionId: string) =>
  derivedKeys(keys, 'console forms').map((key) => createHmac('sha256', key).update(sessionId).digest());

/** The token of the forms of a session. */
export const formTokenOf = (keys: EncryptionKeys, sessionId: string): string =>
  (tokens(keys, sessionId)[0] ?? Buffer.alloc(0)).toString('base64url');

export function isFormToken(keys: EncryptionKeys, sessionId: string, given: unknown): boolean {
  if (typeof given !== 'string') return false;
  const bytes = Buffer.from(given, 'base64url');
  return tokens(keys, sessionId).some(
    (token) => token.length === bytes.length && timingSafeEqual(token, bytes),
  );
}
