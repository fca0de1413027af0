import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { journalPage } from '../../../store/journal/journal-page.ts';
import {
  finishSetUp,
  inviteToSetUp,
  isLinkUnopened,
  openSetUp,
  revokeSetUp,
  saveSetUp,
  setUpOf,
} from '../../../store/set-up/set-ups.ts';
import { readSecret, sealSecret } from '../../../store/set-up/stored-secrets.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const key = Buffer.alloc(32, 1);
const by = 'it@provider.example';
const monday = new Date('2026-11-30T08:00:00Z');
const after = (hours: number) => new Date(monday.getTime() + hours * 3_600_000);
const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
const [ada, eve] = [digestOf('browser of ada'), digestOf('browser of eve')];

async function invited(tenant = `t-${randomUUID().slice(0, 8)}`, now = monday) {
  const link = digestOf(randomUUID());
  return { tenant, link, ...(await inviteToSetUp(store.database, { tenant, link, by, now })) };
}
const open = (link: string, browser: string, now = after(1)) =>
  openSetUp(store.database, { link, browser }, now);
const save = (link: string, browser: string, now = after(2), text = 'draft') =>
  saveSetUp(store.database, { link, browser }, { draft: Buffer.from(text), secrets: [] }, now);
const draftOf = async (link: string, browser: string, now: Date) =>
  (await setUpOf(store.database, { link, browser }, now))?.draft?.toString();

test('lets one browser open a link, and that browser go on for two weeks', async () => {
  const { link, tenant } = await invited();
  expect(await isLinkUnopened(store.database, link, after(1))).toBe(true);
  expect(await open(link, ada)).toMatchObject({ tenant, draft: null });
  expect(await isLinkUnopened(store.database, link, after(1))).toBe(false);
  expect(await open(link, eve)).toBeNull();
  expect(await open(link, ada, after(2))).toMatchObject({ tenant });
  expect(await save(link, ada)).toBe(true);
  expect(await draftOf(link, ada, after(13 * 24))).toBe('draft');
  expect(await draftOf(link, ada, after(14 * 24 + 2))).toBeUndefined();
  expect(await save(link, ada, after(14 * 24 + 2))).toBe(false);
});

test('lets the first of two browsers in that open a link at the same moment', async () => {
  const { link } = await invited();
  const both = await Promise.all([open(link, ada), open(link, eve)]);
  expect(both.filter((each) => each !== null)).toHaveLength(1);
});

test('answers nobody by a wrong link, by a wrong browser, or a day after the invitation', async () => {
  const { link } = await invited();
  expect(await open(digestOf('guessed'), ada)).toBeNull();
  expect(await setUpOf(store.database, { link, browser: ada }, after(1))).toBeNull();
  expect(await open(link, ada, after(25))).toBeNull();
  await open(link, ada, after(23));
  expect(await save(link, eve)).toBe(false);
  expect(await finishSetUp(store.database, { link, browser: eve }, after(24))).toBe(false);
});

test('ends a link that is revoked, opened or not, with its answers and secrets', async () => {
  const { link, tenant } = await invited();
  const revoke = (now: Date) => revokeSetUp(store.database, { tenant, by, now });
  const encrypted = sealSecret(key, tenant, 'okta-key', 'pasted');
  await open(link, ada);
  const given = { draft: Buffer.from('draft'), secrets: [{ name: 'okta-key', encrypted }] };
  await saveSetUp(store.database, { link, browser: ada }, given, after(2));
  expect(await readSecret(store.database, key, tenant, 'okta-key')).toBe('pasted');
  expect(await revoke(after(3))).toBe(true);
  expect(await setUpOf(store.database, { link, browser: ada }, after(3))).toBeNull();
  expect(await readSecret(store.database, key, tenant, 'okta-key')).toBeNull();
  expect(await revoke(after(4))).toBe(false);
  const unopened = await invited();
  await revokeSetUp(store.database, { tenant: unopened.tenant, by, now: after(1) });
  expect(await open(unopened.link, ada)).toBeNull();
  expect(await revokeSetUp(store.database, { tenant: 'unknown', by, now: after(1) })).toBe(false);
});

test('goes on with the answers behind a new link, and ends the one before', async () => {
  const first = await invited();
  expect(first).toMatchObject({ replacesLink: false, hasFile: false });
  await open(first.link, ada);
  await save(first.link, ada);
  const second = await invited(first.tenant, after(48));
  expect(second).toMatchObject({ replacesLink: true });
  expect(await setUpOf(store.database, { link: first.link, browser: ada }, after(48))).toBeNull();
  expect(await open(second.link, eve, after(49))).toMatchObject({ draft: Buffer.from('draft') });
});

test('keeps what the tenant file names, and forgets the answers when it is done', async () => {
  const { link, tenant } = await invited();
  await open(link, ada);
  const [directory, other] = ['8f0c2a4e-1111-2222-3333-444455556666', '8f0c2a4e-9999-2222-3333-444455556666'];
  const names = ['okta-key', 'okta-token', `entra-${directory}`, `entra-${other}`];
  const secrets = names.map((name) => ({ name, encrypted: sealSecret(key, tenant, name, 'pasted') }));
  await saveSetUp(store.database, { link, browser: ada }, { draft: Buffer.from('draft'), secrets }, after(2));
  const source = { tenantId: directory.toUpperCase(), credential: { privateKey: 'store:okta-key' } };
  await storeConfiguration(store.database, tenant, { tenant, source });
  expect(await finishSetUp(store.database, { link, browser: ada }, after(3))).toBe(true);
  const kept = await Promise.all(names.map((name) => readSecret(store.database, key, tenant, name)));
  expect(kept).toEqual(['pasted', null, 'pasted', null]);
  expect(await save(link, ada, after(4))).toBe(false);
  const again = await invited(tenant, after(24 * 30));
  expect(again).toMatchObject({ replacesLink: false, hasFile: true });
  expect(await open(again.link, ada, after(24 * 30 + 1))).toMatchObject({ draft: null });
  expect(await readSecret(store.database, key, tenant, 'okta-key')).toBe('pasted');
});

test('forgets what was begun and never carried through', async () => {
  const { link, tenant } = await invited();
  await open(link, ada);
  const encrypted = sealSecret(key, tenant, 'sap-secret', 'pasted');
  const given = { draft: Buffer.from('draft'), secrets: [{ name: 'sap-secret', encrypted }] };
  await saveSetUp(store.database, { link, browser: ada }, given, after(2));
  await invited(undefined, after(24 * 20));
  expect(await readSecret(store.database, key, tenant, 'sap-secret')).toBeNull();
  const again = await invited(tenant, after(24 * 21));
  expect(await open(again.link, ada, after(24 * 21 + 1))).toMatchObject({ draft: null });
});

test('writes who invited and revoked to the journal, and that the link was opened', async () => {
  const { link, tenant } = await invited();
  await open(link, ada);
  await revokeSetUp(store.database, { tenant, by, now: after(2) });
  const { items } = await journalPage(store.database, { tenant, after: 0 });
  expect(items.map(({ kind, reason, by: who }) => [kind, reason, who])).toEqual([
    ['setUp', 'the link to set the tenant up was revoked', by],
    ['setUp', 'the link to set the tenant up was opened', undefined],
    ['setUp', 'an administrator was invited to set the tenant up until 2026-12-01T08:00:00.000Z', by],
  ]);
});
