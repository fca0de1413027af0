import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { accountsWithTokens, createTokenVault, type TokenOwner } from '../../../store/account/tokens.ts';
import { closeDatabase, openDatabase } from '../../../store/database.ts';
import type { StoredTokens } from '../../../timely/ports.ts';
import { parseStoredTokens } from '../../../timely/token-source.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const key = Buffer.alloc(32, 1);
const parse = parseStoredTokens;
const ownerOf = (tenant: string) => ({ tenant, accountId: 1, origin: 'https://api.timelyapp.com' });
const tokens = (accessToken: string): StoredTokens => ({
  accessToken,
  refreshToken: `refresh of ${accessToken}`,
  expiresAt: new Date('2027-01-01T00:00:00Z'),
  lifetimeMs: 7_200_000,
  initialTokenDigest: null,
  codeDigest: null,
  renewalBeganAt: null,
});

test('reads back the tokens that it saves, and stores them encrypted only', async () => {
  const vault = createTokenVault(store.database, { ...ownerOf('a'), key, parse });
  expect(await vault.read()).toBeNull();
  await vault.withLock(({ save }) => save(tokens('secret-token')));
  expect(await vault.read()).toEqual(tokens('secret-token'));
  const { rows } = await store.database.execute<{ row: string }>(
    sql`select encode(encrypted, 'escape') || encode(encrypted, 'hex') as row from oauth_tokens`,
  );
  expect(rows.map(({ row }) => row).join()).not.toContain('secret-token');
});

test('cannot decrypt the tokens with another key, and says what to do', async () => {
  await createTokenVault(store.database, { ...ownerOf('b'), key, parse }).withLock(({ save }) =>
    save(tokens('x')),
  );
  const other = createTokenVault(store.database, { ...ownerOf('b'), key: Buffer.alloc(32, 2), parse });
  await expect(other.read()).rejects.toThrow('TIMELY_SYNC_KEY');
});

test('keeps the tokens of a tenant apart by account and address of Timely', async () => {
  const here = ownerOf('moved');
  const vaultOf = (owner: TokenOwner) => createTokenVault(store.database, { ...owner, key, parse });
  await vaultOf(here).withLock(({ save }) => save(tokens('of-here')));
  const others = [
    { ...here, origin: 'https://evil.example' },
    { ...here, accountId: 2 },
    { ...here, tenant: 'evil' },
  ];
  for (const other of others) {
    expect(await vaultOf(other).read()).toBeNull();
    await vaultOf(other).withLock(({ save }) => save(tokens('made-up')));
  }
  expect(await vaultOf(here).read()).toEqual(tokens('of-here'));
  expect(await accountsWithTokens(store.database, 'moved')).toHaveLength(3);
});

test('cannot be opened once they were moved to another tenant, account or address', async () => {
  const here = ownerOf('sealed');
  await createTokenVault(store.database, { ...here, key, parse }).withLock(({ save }) => save(tokens('x')));
  for (const there of [
    { ...here, tenant: 'thief' },
    { ...here, accountId: 2 },
    { ...here, origin: 'https://evil.example' },
  ]) {
    await store.database.execute(
      sql`insert into oauth_tokens (tenant, account_id, origin, encrypted) select ${there.tenant}, ${there.accountId}, ${there.origin}, encrypted from oauth_tokens where tenant = 'sealed' limit 1`,
    );
    const vault = createTokenVault(store.database, { ...there, key, parse });
    await expect(vault.read()).rejects.toThrow('another tenant, account or address');
  }
});

test('decrypts with the previous key after a change of keys, and encrypts again with the new one', async () => {
  const [before, now] = [Buffer.alloc(32, 3), Buffer.alloc(32, 4)];
  const vaultWith = (keys: Buffer[]) =>
    createTokenVault(store.database, { ...ownerOf('rotated'), key: keys, parse });
  await vaultWith([before]).withLock(({ save }) => save(tokens('kept')));
  await expect(vaultWith([now]).read()).rejects.toMatchObject({
    remedy: expect.stringContaining('TIMELY_SYNC_KEY_PREVIOUS'),
  });
  expect(await vaultWith([now, Buffer.alloc(32, 5), before]).read()).toEqual(tokens('kept'));
  expect(await vaultWith([now]).read()).toEqual(tokens('kept'));
  await expect(vaultWith([before]).read()).rejects.toThrow('TIMELY_SYNC_KEY');
});

test('shows the second of two refreshing processes the tokens that the first has saved', async () => {
  const second = await openDatabase(store.url);
  const vaults = [store.database, second].map((database) =>
    createTokenVault(database, { ...ownerOf('c'), key, parse }),
  );
  const refresh = async (vault: (typeof vaults)[number]) =>
    vault.withLock(async ({ read, save }) => {
      const generation = Number((await read())?.accessToken ?? 0) + 1;
      await save(tokens(String(generation)));
      return generation;
    });
  const generations = await Promise.all([...vaults, ...vaults, ...vaults].map(refresh));
  await closeDatabase(second);
  expect(generations.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('releases the lock after a failed refresh', async () => {
  const vault = createTokenVault(store.database, { ...ownerOf('d'), key, parse });
  await expect(vault.withLock(() => Promise.reject(new Error('Timely is away')))).rejects.toThrow(
    'Timely is away',
  );
  await vault.withLock(({ save }) => save(tokens('later')));
  expect((await vault.read())?.accessToken).toBe('later');
});
