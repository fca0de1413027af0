/** Texts that only this installation can read or make: encrypted (JWE, A256GCM) with a key derived from the worker's. */
import { EncryptJWT, jwtDecrypt } from 'jose';
import { derivedKeys } from '../../store/account/derived-keys.ts';
import type { EncryptionKeys } from '../../store/account/encryption.ts';

/** What a text is for: one that was made for a session is no sign-in. */
export type SealedKind = 'session' | 'sign-in' | 'kept form' | 'set-up' | 'taking over';

interface Sealing {
  kind: SealedKind;
  keys: EncryptionKeys;
  now: Date;
}

/** Seals a value of JSON, to be opened within `seconds`. */
export async function seal(
  value: Record<string, unknown>,
  { kind, keys, now, seconds }: Sealing & { seconds: number },
): Promise<string> {
  const [key = new Uint8Array()] = derivedKeys(keys, 'console cookies');
  const at = Math.floor(now.getTime() / 1_000);
  return await new EncryptJWT({ value })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setAudience(kind)
    .setExpirationTime(at + seconds)
    .encrypt(key);
}

/** Opens what `seal` made; null when it is of another kind, too old, or not ours. */
export async function unseal(text: string | undefined, { kind, keys, now }: Sealing): Promise<unknown> {
  if (text === undefined) return null;
  for (const key of derivedKeys(keys, 'console cookies')) {
    const opened = await jwtDecrypt(text, key, {
      audience: kind,
      currentDate: now,
      requiredClaims: ['exp'],
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    }).catch(() => null);
    if (opened) return opened.payload.value ?? null;
  }
  return null;
}
