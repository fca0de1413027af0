import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { storedSecrets } from '../../../store/schema/set-up-tables.ts';
import { readSecret, saveSecrets, sealSecret } from '../../../store/set-up/stored-secrets.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const [old, key] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const read = (tenant: string, name = 'sap-secret', keys: readonly Buffer[] = [key]) =>
  readSecret(store.database, keys, tenant, name);
const save = (tenant: string, text: string, name = 'sap-secret', by = key) =>
  saveSecrets(store.database, tenant, [{ name, encrypted: sealSecret(by, tenant, name, text) }]);

test('gives a tenant its own secrets, and keeps them encrypted only', async () => {
  await save('contoso', 'marked-first');
  await save('contoso', 'marked-second');
  await save('fabrikam', 'marked-other');
  expect(await read('contoso')).toBe('marked-second');
  expect(await read('contoso', 'okta-key')).toBeNull();
  const { rows } = await store.database.execute<{ row: string }>(
    sql`select encode(encrypted, 'escape') || encode(encrypted, 'hex') as row from stored_secrets`,
  );
  expect(rows).toHaveLength(2);
  expect(rows.map(({ row }) => row).join()).not.toContain('marked');
});

test('opens no secret that was moved to another tenant or name, or made with another key', async () => {
  const encrypted = sealSecret(key, 'contoso', 'sap-secret', 'marked');
  await saveSecrets(store.database, 'evil', [{ name: 'sap-secret', encrypted }]);
  await saveSecrets(store.database, 'contoso', [{ name: 'okta-key', encrypted }]);
  await save('forged', 'marked', 'sap-secret', Buffer.alloc(32, 9));
  for (const [tenant, name] of [
    ['evil', 'sap-secret'],
    ['contoso', 'okta-key'],
    ['forged', 'sap-secret'],
  ] as const)
    await expect(read(tenant, name)).rejects.toThrow('it was encrypted with another TIMELY_SYNC_KEY');
});

test('encrypts a secret again with the current key when an older one opens it', async () => {
  await save('renewed', 'marked', 'sap-secret', old);
  expect(await read('renewed', 'sap-secret', [key, old])).toBe('marked');
  expect(await read('renewed', 'sap-secret', [key])).toBe('marked');
  const rows = await store.database.select().from(storedSecrets).where(eq(storedSecrets.tenant, 'renewed'));
  expect(rows).toHaveLength(1);
});
