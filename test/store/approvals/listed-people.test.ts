/** Whom `approvals.who` and `console.viewers` mean: addresses and groups, as the directory was last read. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SignedIn } from '../../../domain/contract/who-may.ts';
import type { Group, Membership, Person } from '../../../domain/people/directory.ts';
import { addressInList, identifyPerson, mayDecideAs } from '../../../store/approvals/listed-people.ts';
import { storeGroupSight } from '../../../store/replica/group-sight.ts';
import { bindGroupNames } from '../../../store/replica/named-groups.ts';
import { directoryGroups } from '../../../store/schema/directory-tables.ts';
import { fillStore, tenantFileOf } from '../../activities/support/tenant-in-process.ts';
import { guest, person, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let tenant: string;
let tenants = 0;
const now = new Date('2026-11-30T12:00:00Z');

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());
beforeEach(() => {
  tenants += 1;
  tenant = `listed-${tenants}`;
});

const group = (name: string, id = `id-${name}`): Group => ({ id, name });
const member = (groupId: string, memberId: string, memberKind: Membership['memberKind'] = 'user') => ({
  groupId,
  memberId,
  memberKind,
});

async function directory(people: Person[], groups: Group[] = [], memberships: Membership[] = []) {
  const world = worldWith({ directory: { people, groups, memberships } });
  await fillStore(store.database, tenant, tenantFileOf(world.rules, tenant), world);
}

const signedInAs = (subject: string | null, ...addresses: string[]): SignedIn => ({ subject, addresses });

/** The address under which a person stands in a list; null: they do not. */
async function inList(signedIn: SignedIn, ...list: string[]): Promise<string | null> {
  const found = await identifyPerson(store.database, tenant, signedIn, now);
  return found && (await addressInList(store.database, tenant, found, list));
}

describe('a person', () => {
  test('stands in a list by any address that the directory proves, in any letter case', async () => {
    const proxyAddresses = ['SMTP:lea@contoso.example', 'smtp:lea.roth@contoso.example'];
    await directory([person('Lea', { proxyAddresses })]);
    expect(await inList(signedInAs('id-lea'), 'LEA.Roth@contoso.example')).toBe('lea.roth@contoso.example');
    expect(await inList(signedInAs('id-lea'), 'max@contoso.example')).toBeNull();
    expect(await inList(signedInAs(null, 'lea.roth@contoso.example'), 'lea@contoso.example')).toBe(
      'lea@contoso.example',
    );
  });

  test('stands in a list by the address of their sign-in before the directory was read', async () => {
    expect(await inList(signedInAs('id-lea', 'lea@contoso.example'), 'lea@contoso.example')).toBe(
      'lea@contoso.example',
    );
    expect(await inList(signedInAs('id-lea'), 'lea@contoso.example')).toBeNull();
  });

  test.each<[string, Partial<Person>]>([
    ['is disabled', { enabled: false }],
    ['is suspended', { isPaused: true }],
    ['ended yesterday', { validTo: '2026-11-29' }],
    ['belongs to an agent', { isAgent: true }],
  ])('stands in no list when the account %s', async (_, patch) => {
    await directory([person('Lea', patch)]);
    for (const subject of ['id-lea', null])
      expect(await inList(signedInAs(subject, 'lea@contoso.example'), 'lea@contoso.example')).toBeNull();
  });

  test('stands in no list by an address that they, or a stranger, may have typed', async () => {
    await directory([
      guest('Guy', { mail: 'boss@contoso.example' }),
      person('Uma', {
        mail: 'boss@contoso.example',
        isMailUnverified: true,
        otherAddresses: ['boss2@contoso.example'],
      }),
    ]);
    for (const subject of ['id-guy', 'id-uma'])
      expect(await inList(signedInAs(subject), 'boss@contoso.example', 'boss2@contoso.example')).toBeNull();
    expect(await inList(signedInAs('id-guy'), 'guy@partner.example')).toBe('guy@partner.example');
  });

  test('is nobody when two people have the address', async () => {
    await directory([person('Lea'), person('Max', { proxyAddresses: ['smtp:lea@contoso.example'] })]);
    expect(await inList(signedInAs(null, 'lea@contoso.example'), 'lea@contoso.example')).toBeNull();
  });
});

describe('a group', () => {
  const lea = person('Lea');
  const max = person('Max');
  const leads = group('IT Leads');

  test('lets its members in, also those of groups below it, in any ring', async () => {
    const below = group('Below');
    await directory(
      [lea, max],
      [leads, below],
      [member(leads.id, below.id, 'group'), member(below.id, leads.id, 'group'), member(below.id, lea.id)],
    );
    expect(await inList(signedInAs(lea.id), 'group:it leads')).toBe('lea@contoso.example');
    expect(await inList(signedInAs(lea.id), `group:${leads.id}`)).toBe('lea@contoso.example');
    expect(await inList(signedInAs(max.id), 'group:IT Leads')).toBeNull();
    expect(await inList(signedInAs(null, 'lea@contoso.example'), 'group:IT Leads')).toBe(
      'lea@contoso.example',
    );
  });

  test('lets nobody in that the directory does not know', async () => {
    await directory([lea], [leads], [member(leads.id, 'id-gone')]);
    expect(await inList(signedInAs('id-gone', 'gone@contoso.example'), 'group:IT Leads')).toBeNull();
    expect(await inList(signedInAs(lea.id), 'group:Helpdesk')).toBeNull();
  });

  test('lets nobody in while its name is ambiguous, or its members are hidden', async () => {
    const twin = group('IT Leads', 'id-twin');
    await directory([lea], [leads, twin], [member(leads.id, lea.id), member(twin.id, lea.id)]);
    expect(await inList(signedInAs(lea.id), 'group:IT Leads')).toBeNull();
    expect(await inList(signedInAs(lea.id), `group:${leads.id}`)).toBe('lea@contoso.example');
    await storeGroupSight(store.database, tenant, { seen: [], hidden: [leads.id] });
    expect(await inList(signedInAs(lea.id), `group:${leads.id}`)).toBeNull();
  });

  test('lets nobody in under the name of a deleted one, until the file has its object id', async () => {
    await directory([lea, max], [leads], [member(leads.id, lea.id)]);
    await bindGroupNames(store.database, tenant, ['IT Leads']);
    await store.database.delete(directoryGroups);
    const again = { tenant, id: 'id-again', facts: { name: 'IT Leads', 'folded:name': 'it leads' } };
    await store.database.insert(directoryGroups).values(again);
    await bindGroupNames(store.database, tenant, ['IT Leads']);
    await fillMembership('id-again', max.id);
    expect(await inList(signedInAs(max.id), 'group:IT Leads')).toBeNull();
    expect(await inList(signedInAs(max.id), 'group:id-again')).toBe('max@contoso.example');
  });
});

async function fillMembership(groupId: string, memberId: string): Promise<void> {
  const { directoryMemberships } = await import('../../../store/schema/directory-tables.ts');
  await store.database.insert(directoryMemberships).values({ tenant, ...member(groupId, memberId) });
}

test('an answer in the name of an address counts when the address is listed or its person is in a group', async () => {
  const leads = group('IT Leads');
  await directory([person('Lea'), person('Max')], [leads], [member(leads.id, 'id-lea')]);
  const who = ['it@contoso.example', 'group:IT Leads'];
  const may = (by: string, list: string[] | null = who) =>
    mayDecideAs(store.database, tenant, { by, who: list }, now);
  expect(await may('lea@contoso.example')).toBe(true);
  expect(await may(' IT@contoso.example ')).toBe(true);
  expect(await may('max@contoso.example')).toBe(false);
  expect(await may('Lea')).toBe(false);
  expect(await may('lea@contoso.example', ['it@contoso.example'])).toBe(false);
  expect(await may('Anybody', null)).toBe(true);
});
