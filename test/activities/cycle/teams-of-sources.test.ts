/** Members follow the source of their team, teams pass on, and people who return get their teams back. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOpenApprovalsActivities } from '../../../activities/cycle/open-approvals.ts';
import type { CycleKey } from '../../../activities/cycle/open-cycle.ts';
import { createActivities } from '../../../activities/index.ts';
import type { SyncRules, TeamRule } from '../../../domain/rules.ts';
import { approvalChangeRows } from '../../../store/approvals/approvals.ts';
import { storeEvidence } from '../../../store/planning/cycles.ts';
import { loadTeamLinks } from '../../../store/planning/team-links.ts';
import { findingsPage } from '../../../store/query/cycle-reports.ts';
import {
  group,
  link,
  members,
  person,
  rulesWith,
  team,
  user,
  worldWith,
} from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { asIfOpen } from '../support/during-cycle.ts';
import { replaceDirectory } from '../support/replace-directory.ts';
import { arrangeTenant, type TenantInProcess } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const names = ['Ada', 'Bo', 'Cy'];
const guild = group('Guild', 'group-guild');
const byName: TeamRule[] = [{ kind: 'group', group: 'Guild' }];
const source = `group:${guild.id}`;

/** Ada (10), Bo (11) and Cy (12) are in Timely; Ada and Bo are in the guild; the team Guild (50) has `userIds`. */
async function arrange(
  userIds: number[],
  { linked = true, ...patch }: Partial<SyncRules> & { linked?: boolean } = {},
) {
  const links = [
    { source, timelyId: 50, origin: 'created' as const, name: 'Guild', personIds: ['id-ada', 'id-bo'] },
  ];
  const world = worldWith({
    rules: { teams: byName, ...patch },
    directory: {
      people: names.map((name) => person(name)),
      groups: [guild],
      memberships: members(guild.id, 'id-ada', 'id-bo'),
    },
    timely: {
      users: names.map((name, index) => user(10 + index, name)),
      teams: [team(50, 'Guild', ...userIds)],
    },
    personLinks: names.map((name, index) => link(name, 10 + index)),
    teamLinks: linked ? links : [],
  });
  return { ...(await arrangeTenant(store.database, world)), world };
}

type Arranged = Awaited<ReturnType<typeof arrange>>;

const roster = ({ state }: TenantInProcess) =>
  state.teams.map(({ name, users }) => `${name}: ${users.map(({ user_id }) => user_id)}`);
const teamWrites = ({ ledger }: TenantInProcess) =>
  ledger.writes().filter(({ operation }) => operation.startsWith('teams.')).length;
/** In the store, and for the point reads before removals. */
async function becomes({ tenant, world }: Arranged, edit: Parameters<typeof replaceDirectory>[2]) {
  Object.assign(world.directory, edit);
  await replaceDirectory(store.database, tenant, edit);
}
const only = (...ids: string[]) => ({ memberships: members(guild.id, ...ids) });

describe('a member who is in the group leaves with it', () => {
  test('from a team that a new store finds in Timely', async () => {
    const tenant = await arrange([10, 11, 12], { linked: false });
    await tenant.cycle();
    await becomes(tenant, only('id-ada'));
    expect((await tenant.cycle()).done).toEqual(['setTeamMembers Guild']);
    expect(roster(tenant)).toEqual(['Guild: 10,12']);
  });

  test('after being put in by hand, without a write for the note', async () => {
    const tenant = await arrange([10, 11, 12]);
    await becomes(tenant, only('id-ada', 'id-bo', 'id-cy'));
    expect([(await tenant.cycle()).planned, teamWrites(tenant)]).toEqual([0, 0]);
    expect((await loadTeamLinks(store.database, tenant.tenant))[0]?.personIds).toEqual([
      'id-ada',
      'id-bo',
      'id-cy',
    ]);
    await becomes(tenant, only('id-ada', 'id-bo'));
    await tenant.cycle();
    expect(roster(tenant)).toEqual(['Guild: 10,11']);
  });
});

describe('a team passes on', () => {
  test('to a group that was made anew under its name', async () => {
    const tenant = await arrange([10, 11, 12]);
    const anew = group('Guild', 'group-anew');
    await becomes(tenant, { groups: [anew], memberships: members(anew.id, 'id-ada', 'id-bo') });
    const { key, planned } = await tenant.cycle();
    expect([planned, await tenant.approveHeld(key), roster(tenant)]).toEqual([0, 0, ['Guild: 10,11,12']]);
    const { items } = await findingsPage(store.database, tenant.tenant, key.cycle, 0, 100);
    expect(items.map(({ kind }) => kind)).toContain('team-passed-on');
    const links = await loadTeamLinks(store.database, tenant.tenant);
    expect(links.map((each) => `${each.source} ${each.timelyId} ${each.origin}`)).toEqual([
      'group:group-anew 50 created',
    ]);
    await becomes(tenant, { memberships: members(anew.id, 'id-ada') });
    await tenant.cycle();
    expect([roster(tenant), teamWrites(tenant)]).toEqual([['Guild: 10,12'], 1]);
  });

  test('in a cycle that tells it, and not when one person is synced', async () => {
    const tenant = await arrange([10, 11]);
    await tenant.cycle();
    const anew = group('Guild', 'group-anew');
    await becomes(tenant, { groups: [anew], memberships: members(anew.id, 'id-ada', 'id-cy') });
    const { openProvision, planPerson } = createActivities(tenant.services);
    const key = await openProvision({ tenant: tenant.tenant, opening: 'one person' });
    await storeEvidence(store.database, tenant.tenant, key.cycle, {
      kind: 'incremental',
      complete: true,
      reasons: [],
      users: { pages: 1, objects: 3 },
      groups: { pages: 1, objects: 1, complete: true },
    });
    expect((await planPerson({ key, person: 'id-cy' })).changes).toEqual([]);
    const cycle = await tenant.cycle();
    expect([cycle.done, roster(tenant)]).toEqual([['setTeamMembers Guild'], ['Guild: 10,12']]);
    const { items } = await findingsPage(store.database, tenant.tenant, cycle.key.cycle, 0, 100);
    expect(items.map(({ kind }) => kind)).toContain('team-passed-on');
  });

  test('to a group that is made anew later, and the request to end it ends by itself', async () => {
    const tenant = await arrange([10, 11, 12]);
    await becomes(tenant, { groups: [], memberships: [] });
    const gone = await tenant.cycle();
    const { openApprovals } = createOpenApprovalsActivities(tenant.services);
    const ask = (key: CycleKey) => asIfOpen(store.database, key, () => openApprovals(key));
    const { open } = await ask(gone.key);
    expect([gone.planned, open.length]).toEqual([0, 1]);
    const anew = group('Guild', 'group-anew');
    await becomes(tenant, { groups: [anew], memberships: members(anew.id, 'id-ada', 'id-bo') });
    const { key } = await tenant.cycle();
    const { ended } = await ask(key);
    expect([ended, roster(tenant), teamWrites(tenant)]).toEqual([open, ['Guild: 10,11,12'], 0]);
  });

  test('to a renamed department with its new name, in one cycle', async () => {
    const inDepartment = (department: string) =>
      names.map((name) => person(name, { attributes: { department } }));
    const tenant = await arrange([], { linked: false, teams: [{ kind: 'department', department: '*' }] });
    await becomes(tenant, { people: inDepartment('Design') });
    await tenant.cycle();
    await becomes(tenant, { people: inDepartment('Product') });
    const { key, done } = await tenant.cycle();
    expect([done, await tenant.approveHeld(key)]).toEqual([['renameTeam Design'], 0]);
    expect(roster(tenant)).toEqual(['Guild: ', 'Product: 10,11,12']);
    expect((await tenant.cycle()).planned).toBe(0);
  });
});

test('an existing team is not joined by a pattern before it is approved, and then once', async () => {
  const teams: TeamRule[] = [{ kind: 'groupsNamed', pattern: 'Guil*' }];
  const tenant = await arrange([12], { linked: false, teams });
  const { key, done } = await tenant.cycle();
  expect([done, teamWrites(tenant)]).toEqual([[], 0]);
  expect(await tenant.approveHeld(key)).toBe(1);
  expect((await tenant.cycle()).done).toEqual(['setTeamMembers Guild']);
  expect(roster(tenant)).toEqual(['Guild: 12,10,11']);
  await becomes(tenant, only('id-ada'));
  await tenant.cycle();
  expect(roster(tenant)).toEqual(['Guild: 12,10']);
});

test('a team that Timely did not list is not joined by a pattern either', async () => {
  const teams: TeamRule[] = [{ kind: 'groupsNamed', pattern: 'Guil*' }];
  const tenant = await arrange([12], { linked: false, teams });
  const [byHand] = tenant.state.teams.splice(0);
  await tenant.cycle('full', () => {
    if (byHand) tenant.state.teams.push(byHand);
  });
  expect([roster(tenant), teamWrites(tenant)]).toEqual([['Guild: 12'], 0]);
  expect(await tenant.approveHeld((await tenant.cycle()).key)).toBe(1);
});

test('a team adopted in the first cycle is not emptied before it is approved', async () => {
  const teamMembers = { ...rulesWith().teamMembers, manual: 'remove' as const };
  const tenant = await arrange([12], { linked: false, teamMembers });
  Object.assign(tenant.file.safety.firstCycle, { removals: 'hold' });
  await tenant.cycle();
  const { key, done } = await tenant.cycle();
  expect([roster(tenant), done]).toEqual([['Guild: 12'], []]);
  expect(await tenant.approveHeld(key)).toBe(1);
  const [asked] = await approvalChangeRows(store.database, tenant.tenant, 1);
  expect(asked?.line.effect).toMatchObject({
    says: expect.stringContaining('2 people join the team, 1 leaves it'),
    leaves: ['cy@contoso.example'],
  });
  await tenant.cycle();
  expect(roster(tenant)).toEqual(['Guild: 10,11']);
});

describe('a person who returns has their teams in the same cycle', () => {
  const leavers = (removedInTimely: 'restore' | 'ask') => ({
    leavers: { ...rulesWith().leavers, removedInTimely },
  });
  const removeBo = ({ state }: TenantInProcess) => {
    const bo = state.user(11);
    if (bo) state.remove(bo);
  };

  test.each(['same id', 'new id'] as const)('when restored with the %s', async (reinvited) => {
    const tenant = await arrange([10, 11], leavers('restore'));
    tenant.state.behaviour.reinvited = reinvited;
    await tenant.cycle();
    removeBo(tenant);
    expect((await tenant.cycle('incremental')).done).toEqual([
      'reinstate bo@contoso.example',
      'setTeamMembers Guild',
    ]);
    const bo = tenant.state.byEmail('bo@contoso.example')?.id;
    expect(roster(tenant)).toEqual([`Guild: 10,${bo}`]);
    expect((await tenant.cycle('incremental')).planned).toBe(0);
  });

  test('when their return is approved', async () => {
    const tenant = await arrange([10, 11], leavers('ask'));
    await tenant.cycle();
    removeBo(tenant);
    const { key } = await tenant.cycle('incremental');
    expect(await tenant.approveHeld(key)).toBe(1);
    await tenant.cycle('incremental');
    expect(roster(tenant)).toEqual(['Guild: 10,11']);
  });

  test('when the sync removed them, and a team kept them by hand', async () => {
    const tenant = await arrange([10, 11, 12]);
    const disabled = names.map((name) => person(name, { enabled: name !== 'Cy' }));
    await becomes(tenant, { people: disabled });
    await tenant.cycle();
    expect(roster(tenant)).toEqual(['Guild: 10,11']);
    await becomes(tenant, { people: names.map((name) => person(name)), ...only('id-ada', 'id-bo', 'id-cy') });
    await tenant.cycle('incremental');
    await tenant.cycle('incremental');
    expect(roster(tenant)).toEqual(['Guild: 10,11,12']);
  });
});
