/** Secrets that an administrator gave at a set-up: `store:` references resolve to them, for their tenant alone. */
import { and, eq } from 'drizzle-orm';
import { ConfigurationError } from '../../domain/errors.ts';
import { decrypt, type EncryptionKeys, encrypt } from '../account/encryption.ts';
import type { Store } from '../database.ts';
import { storedSecrets } from '../schema/set-up-tables.ts';

const contextOf = (tenant: string, name: string) => JSON.stringify(['stored_secrets', tenant, name]);

/** What the store keeps of a secret. Who has no key can neither make nor read one. */
export const sealSecret = (keys: EncryptionKeys, tenant: string, name: string, secret: string): Buffer =>
  encrypt(secret, keys, contextOf(tenant, name));

/** A secret as `sealSecret` returned it. */
export interface SealedBytes {
  name: string;
  encrypted: Buffer;
}

/** What was sealed for this tenant and name; null when no key opens it. */
export const openSecret = (
  keys: EncryptionKeys,
  tenant: string,
  { name, encrypted }: SealedBytes,
): string | null => decrypt(encrypted, keys, contextOf(tenant, name))?.text ?? null;

/** Keeps sealed secrets under their names, in place of earlier ones. */
export async function saveSecrets(
  store: Store,
  tenant: string,
  sealed: readonly SealedBytes[],
): Promise<void> {
  for (const { name, encrypted } of sealed)
    await store
      .insert(storedSecrets)
      .values({ tenant, name, encrypted })
      .onConflictDoUpdate({
        target: [storedSecrets.tenant, storedSecrets.name],
        set: { encrypted, savedAt: new Date() },
      });
}

/**
 * A secret of the tenant; null when there is none. One that an older key opens is encrypted again with the current key.
 * @throws ConfigurationError when no key opens it
 */
export async function readSecret(
  store: Store,
  keys: EncryptionKeys,
  tenant: string,
  name: string,
): Promise<string | null> {
  const isOwn = and(eq(storedSecrets.tenant, tenant), eq(storedSecrets.name, name));
  const [row] = await store.select().from(storedSecrets).where(isOwn);
  if (!row) return null;
  const opened = decrypt(row.encrypted, keys, contextOf(tenant, name));
  if (opened === null)
    throw new ConfigurationError(
      `store:${name}: it was encrypted with another TIMELY_SYNC_KEY, or for another tenant.`,
      {
        remedy: `Give the workers the key they had before, as TIMELY_SYNC_KEY_PREVIOUS when it was replaced, or have it given again: timely-sync invite ${tenant}.`,
      },
    );
  if (!opened.isCurrent) {
    // One that was given meanwhile stays: it has the current key.
    await store
      .update(storedSecrets)
      .set({ encrypted: sealSecret(keys, tenant, name, opened.text) })
      .where(and(isOwn, eq(storedSecrets.encrypted, row.encrypted)));
  }
  return opened.text;
}
