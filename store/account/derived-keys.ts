/** Keys for what leaves the worker and comes back to it, made from the key that encrypts the store. */
import { hkdfSync } from 'node:crypto';
import type { EncryptionKeys } from './encryption.ts';

/** What a key is for: none opens what another one has made. */
export type KeyPurpose =
  | 'decision proofs'
  | 'console cookies'
  | 'console forms'
  | 'console addresses'
  | 'set-up answers';

/** Returns 32 bytes for each encryption key, in their order: the first makes, all of them open. */
export function derivedKeys(keys: EncryptionKeys, purpose: KeyPurpose): readonly Uint8Array[] {
  const all = Buffer.isBuffer(keys) ? [keys] : keys;
  return all.map((key) => new Uint8Array(hkdfSync('sha256', key, '', `timely-sync ${purpose}`, 32)));
}
