/** Which groups of SAP count, and what their members and the groups of people have to agree about. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSapClient } from '../../../directory/sap/client/sap-client.ts';
import { AgreedMembers } from '../../../directory/sap/read/agreed-members.ts';
import { sapGroup } from '../../../directory/sap/read/group-records.ts';
import { createGroupsBelow } from '../../../directory/sap/read/groups-below.ts';
import { readWitness } from '../../../directory/sap/read/witness.ts';
import type { DirectoryEntry } from '../../../directory/source.ts';
import type { Sandbox } from '../../../simulators/sandbox.ts';
import { openSapTenant, settingsOf, sourceOf } from './sap-tenant.ts';

let sandbox: Sandbox;
const policy = 'Read all - Policy';

beforeAll(async () => {
  sandbox = await openSapTenant();
});
afterAll(() => sandbox.close());

async function groupsOf(names: string[]): Promise<DirectoryEntry[]> {
  const plan = { attributes: [], managers: false, groups: { names, patterns: ['*'], assigned: false } };
  const entries: DirectoryEntry[] = [];
  for await (const page of sourceOf(sandbox).read('groups', null, plan)) entries.push(...page.entries);
  return entries;
}

const nameOf = (entries: readonly DirectoryEntry[], id: string) =>
  entries.findLast((entry) => entry.type === 'group' && entry.id === id);
const membersOf = (entries: readonly DirectoryEntry[], id: string) =>
  entries.flatMap((entry) => (entry.type === 'member' && entry.groupId === id ? [entry.memberId] : []));

test('a group of another kind has no name but its id, and no pattern needs its members', async () => {
  const { id } = sandbox.sap.state.group(policy);
  const entries = await groupsOf([]);
  expect(nameOf(entries, id)).toMatchObject({ patch: { name: id } });
  expect(membersOf(entries, id)).toEqual([]);
});

test('a group of another kind counts by its id, and inside a group that counts', async () => {
  const { state } = sandbox.sap;
  const { id, members } = state.group(policy);
  const named = await groupsOf([id]);
  expect(nameOf(named, id)).toMatchObject({ patch: { name: policy } });
  expect(membersOf(named, id).toSorted()).toEqual([...members].toSorted());
  state.nest(policy, 'Timely Managers');
  const nested = await groupsOf(['Timely Managers']);
  expect(nameOf(nested, id)).toMatchObject({ patch: { name: id } });
  expect(membersOf(nested, id).toSorted()).toEqual([...members].toSorted());
});

test('a group that shows as many members as SAP ever shows is taken as cut off', async () => {
  const sap = createSapClient(settingsOf(sandbox));
  const agreed = new AgreedMembers(sap, createGroupsBelow(sap), null);
  const groupWith = (count: number) =>
    sapGroup.parse({
      id: 'large',
      displayName: 'Large',
      members: Array.from({ length: count }, (_, index) => ({ value: `person ${index}`, type: 'User' })),
    });
  expect((await agreed.of(groupWith(19_999))).doubt).toBeNull();
  expect((await agreed.of(groupWith(20_000))).doubt).toContain('others may be missing');
});

test('of many memberships, those of people whom a policy hides from lists are asked about by id', async () => {
  const { state } = sandbox.sap;
  const people = Array.from({ length: 101 }, (_, index) => state.join({ displayName: `Many ${index}` }));
  for (const { id } of people) state.addToGroup(id, 'Design Guild');
  const groupId = state.group('Design Guild').id;
  const [left, ...others] = people.map(({ id }) => ({ groupId, memberId: id, memberKind: 'user' as const }));
  if (!left) throw new Error('Nobody joined.');
  state.removeFromGroup(left.memberId, 'Design Guild');
  state.hidden = 'displayName eq "Many 1" or displayName eq "Many 2"';
  state.changes += 1;
  const found = await sourceOf(sandbox).membershipsByPeople?.([left, ...others]);
  state.hidden = null;
  for (const { id } of people) state.purge(id);
  expect(found).toEqual(others);
});

test('who joins or leaves after people were heard is asked about, and both sides agree', async () => {
  const { state } = sandbox.sap;
  const sap = createSapClient(settingsOf(sandbox));
  const agreed = new AgreedMembers(sap, createGroupsBelow(sap), await readWitness(sap));
  const { id } = state.group('Design Guild');
  const joined = state.join({ displayName: 'Jo Later' }).id;
  state.addToGroup('Henrik Lund', 'Design Guild');
  state.removeFromGroup('Grace Hall', 'Design Guild');
  state.addToGroup(joined, 'Design Guild');
  const asRead = await sap.find(`/Groups/${id}`, sapGroup, 'GET /Groups/{id}');
  if (asRead === null) throw new Error('There is no Design Guild.');
  const { members, doubt } = await agreed.of(asRead);
  expect(doubt).toBeNull();
  expect(members.map((member) => member.id).toSorted()).toEqual([...state.group(id).members].toSorted());
});
