/** Reads of Timely when it hides a part, or has no teams: the real activities, without Temporal. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ContractError, PermissionError } from '../../../domain/errors.ts';
import { findingsPage } from '../../../store/query/cycle-reports.ts';
import { group, members, person, team, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant, type TenantInProcess } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** From now on Timely returns a team without its members, in its list and by its id. */
function hideMembers({ timely }: TenantInProcess, id: number): void {
  const { teams, team } = timely;
  timely.teams = async () =>
    (await teams()).map((each) => (each.id === id ? { ...each, members: null } : each));
  timely.team = async (teamId) => {
    if (teamId === id)
      throw new ContractError(`Timely returned team ${id} without its members and their flags`);
    return await team(teamId);
  };
  const { guardedBy } = timely;
  timely.guardedBy = (mayWrite) => ({ ...guardedBy(mayWrite), teams: timely.teams, team: timely.team });
}

/** Ada and Bo should be in the guild, which is empty; Ada is in a team that was made by hand. */
function company() {
  return worldWith({
    rules: { teams: [{ kind: 'group', group: 'Guild' }] },
    directory: {
      people: [person('Ada'), person('Bo')],
      groups: [group('Guild')],
      memberships: members('group-guild', 'id-ada', 'id-bo'),
    },
    timely: { users: [user(10, 'Ada')], teams: [team(50, 'Guild'), team(51, 'By hand', 10)] },
  });
}

test('syncs everything else when Timely hides the members of a team made by hand', async () => {
  const tenant = await arrangeTenant(store.database, company());
  hideMembers(tenant, 51);
  const { done, failed } = await tenant.cycle();
  expect(failed).toEqual([]);
  expect(done).toEqual(
    expect.arrayContaining(['invite bo@contoso.example', 'setTeamMembers Guild', 'link ada@contoso.example']),
  );
});

test('fails a linked team whose members Timely hides, and creates no other in its place', async () => {
  const tenant = await arrangeTenant(store.database, company());
  hideMembers(tenant, 50);
  const { done, failed } = await tenant.cycle();
  expect(done).toContain('invite bo@contoso.example');
  expect(failed).toEqual([expect.stringMatching(/^setTeamMembers Guild: .*without its members/)]);
  expect(tenant.state.teams.map(({ name, users }) => [name, users.length])).toEqual([
    ['Guild', 0],
    ['By hand', 1],
  ]);
});

test('syncs an account without teams only when the tenant file makes none', async () => {
  const { rules, ...world } = company();
  const teamless = await arrangeTenant(store.database, { ...world, rules: { ...rules, teams: [] } });
  teamless.faults.set('permissionLost', { operation: 'teams.*' });
  const { done, failed } = await teamless.cycle();
  expect(failed).toEqual([]);
  expect(done).toContain('invite bo@contoso.example');

  const withTeams = await arrangeTenant(store.database, company());
  withTeams.faults.set('permissionLost', { operation: 'teams.*' });
  await expect(withTeams.cycle()).rejects.toThrow(PermissionError);
});

test.each([
  ['email', { email: { odd: true } }],
  ['name', { name: 7 }],
])('keeps a user whose %s in the list has an unknown shape, and names them', async (field, odd) => {
  const world = worldWith({
    directory: { people: [person('Ada'), person('Bo')] },
    timely: { users: [user(10, 'Ada'), user(11, 'Bo')] },
  });
  const tenant = await arrangeTenant(store.database, world);
  expect((await tenant.cycle()).done.sort()).toEqual(['link ada@contoso.example', 'link bo@contoso.example']);
  Object.assign(tenant.state.user(10) ?? {}, odd);
  const { done, failed, number } = await tenant.cycle();
  expect([done, failed]).toEqual([[], []]);
  const { items } = await findingsPage(store.database, tenant.tenant, number, 0, 100);
  expect(items.filter(({ kind }) => kind === 'odd-record')).toEqual([
    expect.objectContaining({ subject: '10', message: expect.stringContaining(field) }),
  ]);
});

test.each([
  ['name', { name: 7 }],
  ['external_id', { external_id: { odd: true } }],
])('keeps a team whose %s has an unknown shape, and names it', async (field, odd) => {
  const tenant = await arrangeTenant(store.database, company());
  await tenant.cycle();
  const memberIds = () => tenant.state.team(50)?.users.map(({ user_id }) => user_id);
  const before = memberIds();
  Object.assign(tenant.state.team(50) ?? {}, odd);
  const { done, failed, number } = await tenant.cycle();
  expect([done, failed, memberIds()]).toEqual([[], [], before]);
  const { items } = await findingsPage(store.database, tenant.tenant, number, 0, 100);
  expect(items.filter(({ kind }) => kind === 'odd-record')).toEqual([
    expect.objectContaining({ subject: '50', message: expect.stringContaining(field) }),
  ]);
});
