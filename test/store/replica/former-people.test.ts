// What stays known of people whom the directory deletes, and of addresses that it takes from people.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DirectoryEntry } from '../../../directory/source.ts';
import { linkPeople, loadPersonLinks, markRemoved } from '../../../store/planning/links.ts';
import { DirectoryRound } from '../../../store/replica/directory-round.ts';
import { loadPeople } from '../../../store/replica/replica.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { duringCycle } from '../../activities/support/during-cycle.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let tenants = 0;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

async function newTenant(): Promise<string> {
  tenants += 1;
  await storeConfiguration(store.database, `former-${tenants}`, {});
  return `former-${tenants}`;
}

async function round(tenant: string, mode: 'replace' | 'merge', entries: DirectoryEntry[]): Promise<number> {
  return await duringCycle(store.database, { tenant, cycle: 1 }, async (fence) => {
    const key = { ...fence, stream: 'users' } as const;
    const begun = await DirectoryRound.begin(
      store.database,
      key,
      mode === 'replace' ? 'full' : 'incremental',
    );
    await begun.stagePages([{ stream: 'users', entries, doubts: [], next: null, nextCursor: 'cursor' }], 1);
    return await begun.commit({ mode, reasons: [], objects: entries.length }, { scope: '', now: new Date() });
  });
}

const ada: DirectoryEntry = {
  type: 'person',
  id: 'a',
  patch: {
    name: 'Ada Example',
    mail: 'Ada@contoso.example',
    userPrincipalName: 'ada_home.example#EXT#@contoso.example',
    proxyAddresses: ['smtp:alias@münchen.example'],
    kind: 'guest',
  },
};
const bo: DirectoryEntry = { type: 'person', id: 'b', patch: { name: 'Bo', mail: 'bo@contoso.example' } };
const adaRemoved: DirectoryEntry = { type: 'removed', stream: 'users', id: 'a', purged: false };

async function linkedAda(): Promise<string> {
  const tenant = await newTenant();
  await round(tenant, 'replace', [ada, bo]);
  const tie = {
    personId: 'a',
    timelyId: 1,
    email: 'ada@contoso.example',
    role: null,
    confirmed: true as const,
  };
  await linkPeople(store.database, tenant, [tie]);
  return tenant;
}

test.each([
  ['an incremental round', 'merge', [adaRemoved]],
  ['a full round that leaves them out', 'replace', [bo]],
] as const)(
  'keeps who a linked person was when they are deleted by %s, also once removed',
  async (_, mode, entries) => {
    const tenant = await linkedAda();
    expect((await loadPersonLinks(store.database, tenant))[0]?.former).toBeUndefined();
    await round(tenant, mode, [...entries]);
    await markRemoved(store.database, tenant, { personId: 'a', timelyId: 1, email: 'ada@contoso.example' });
    expect(await loadPersonLinks(store.database, tenant)).toMatchObject([
      {
        state: 'removed',
        confirmed: true,
        former: { name: 'Ada Example', mail: 'Ada@contoso.example', kind: 'guest' },
      },
    ]);
    const { rows } = await store.database.$client.query<{ keys: string[] }>(
      'select former_keys as keys from person_links where tenant = $1',
      [tenant],
    );
    expect(rows[0]?.keys.toSorted()).toEqual([
      'ada@contoso.example',
      'ada@home.example',
      'ada_home.example#ext#@contoso.example',
      'alias@xn--mnchen-3ya.example',
    ]);
  },
);

test('forgets what a link knew when it ties another person or another user', async () => {
  const tenant = await linkedAda();
  await round(tenant, 'merge', [adaRemoved]);
  await linkPeople(store.database, tenant, [
    { personId: 'b', timelyId: 1, email: 'x@y.example', role: null },
  ]);
  const [moved] = await loadPersonLinks(store.database, tenant);
  expect([moved?.personId, moved?.confirmed, moved?.former]).toEqual(['b', undefined, undefined]);
});

test('keeps the addresses that a person had, over rounds of any kind', async () => {
  const tenant = await newTenant();
  const formerOf = async () => (await loadPeople(store.database, tenant, ['b']))[0]?.formerAddresses;
  await round(tenant, 'replace', [bo]);
  expect(await formerOf()).toBeUndefined();
  await round(tenant, 'merge', [{ ...bo, patch: { mail: 'bo.new@contoso.example' } }]);
  expect(await formerOf()).toEqual(['bo@contoso.example']);
  const renamed = {
    name: 'Bo',
    mail: 'bo.newest@contoso.example',
    proxyAddresses: ['smtp:bo@contoso.example'],
  };
  await round(tenant, 'replace', [{ ...bo, patch: renamed }]);
  expect(await formerOf()).toEqual(['bo.new@contoso.example', 'bo@contoso.example']);
  expect(await round(tenant, 'replace', [{ ...bo, patch: renamed }])).toBe(0);
  expect(await round(tenant, 'merge', [{ ...bo, patch: renamed }])).toBe(0);
  await round(tenant, 'merge', [{ ...bo, patch: { name: 'Bo Example', proxyAddresses: [] } }]);
  expect(await formerOf()).toEqual([
    'bo.new@contoso.example',
    'bo@contoso.example',
    'smtp:bo@contoso.example',
  ]);
});
