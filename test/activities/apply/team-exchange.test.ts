/** Teams exchange names in Timely, which may refuse two teams of one name (docs/reference/timely-api.md section 3). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { group, link, members, person, team, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { replaceDirectory } from '../support/replace-directory.ts';
import { arrangeTenant, type TenantInProcess } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const colours = ['Red', 'Green', 'Blue', 'White'];
const groupsOf = (names: readonly string[]) => names.map((name, index) => group(name, `group-${index}`));
const membershipsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => members(`group-${index}`, 'id-ada')).flat();

/** A team for each colour, made by the sync from groups that have other names by now. Ada is in each. */
async function arrangeColours(now: readonly string[], perSecond = 50) {
  const teams = colours.slice(0, now.length);
  const tenant = await arrangeTenant(
    store.database,
    worldWith({
      rules: { teams: now.map((_, index) => ({ kind: 'group', group: `group-${index}` })) },
      directory: {
        people: [person('Ada')],
        groups: groupsOf(now),
        memberships: membershipsOf(now.length),
      },
      timely: { users: [user(10, 'Ada')], teams: teams.map((name, index) => team(50 + index, name, 10)) },
      personLinks: [link('Ada', 10)],
      teamLinks: teams.map((name, index) => ({
        source: `group:group-${index}`,
        timelyId: 50 + index,
        origin: 'created' as const,
        name,
        personIds: ['id-ada'],
      })),
    }),
    perSecond,
  );
  tenant.state.behaviour.teamNames = 'unique';
  return tenant;
}

const namesOf = ({ state }: TenantInProcess) => state.teams.map(({ id, name }) => `${id} ${name}`);
const renames = ({ ledger }: TenantInProcess) =>
  ledger
    .writes()
    .filter(({ operation, status }) => operation === 'teams.update' && status === 200)
    .map(({ write }) => (write as { name: string }).name);
const expected = (now: readonly string[]) => now.map((name, index) => `${50 + index} ${name}`);

describe.each([50, 100])('at %s requests a second, names of teams', (perSecond) => {
  test.each<[string, string[], number]>([
    ['are exchanged', ['Green', 'Red'], 3],
    ['go round in a ring of three', ['Green', 'Blue', 'Red'], 4],
    ['go round in a ring of four', ['Blue', 'Red', 'White', 'Green'], 5],
    ['are exchanged by two pairs', ['Green', 'Red', 'White', 'Blue'], 6],
    ['are handed on', ['Green', 'Blue', 'Black'], 3],
    ['change their case', ['RED', 'green'], 2],
    ['are exchanged and change their case', ['GREEN', 'red'], 3],
  ])('%s in one cycle', async (_, now, writes) => {
    const tenant = await arrangeColours(now, perSecond);
    const { failed } = await tenant.cycle();
    expect([failed, namesOf(tenant), renames(tenant).length]).toEqual([[], expected(now), writes]);
    const later = await tenant.cycle();
    expect([later.planned, renames(tenant).length]).toEqual([0, writes]);
  });
});

test('a ring goes on where a lost answer cut it off, and ends in the same cycle', async () => {
  const now = ['Green', 'Blue', 'Red'];
  for (const attempt of [1, 2, 3, 4]) {
    const tenant = await arrangeColours(now);
    tenant.faults.set('responseLost', { operation: 'teams.update', attempt, times: 1 });
    const { failed } = await tenant.cycle();
    expect([failed, namesOf(tenant)]).toEqual([[], expected(now)]);
    expect((await tenant.cycle()).planned).toBe(0);
  }
});

test('a ring that Timely refuses in the middle is right once Timely takes the name', async () => {
  const now = ['Green', 'Blue', 'Red'];
  const tenant = await arrangeColours(now);
  tenant.faults.set('rejectPerson', {
    operation: 'teams.update',
    attempt: 3,
    times: 1,
    fields: { name: ['is invalid'] },
  });
  expect((await tenant.cycle()).failed).toHaveLength(1);
  for (let cycle = 0; cycle < 4; cycle += 1) await tenant.cycle();
  expect(namesOf(tenant)).toEqual(expected(now));
  expect((await tenant.cycle()).planned).toBe(0);
});

test('a new group gets the name that another gives up, in the same cycle', async () => {
  const tenant = await arrangeColours(['Green']);
  tenant.file.teams.push({ fromGroup: 'group-1' });
  await replaceDirectory(store.database, tenant.tenant, {
    groups: groupsOf(['Green', 'Red']),
    memberships: membershipsOf(2),
  });
  expect((await tenant.cycle()).done).toEqual(['renameTeam Red', 'createTeam Red']);
  expect(tenant.state.teams.map(({ name }) => name)).toEqual(['Green', 'Red']);
  expect((await tenant.cycle()).planned).toBe(0);
});

test('an undo gives exchanged names back', async () => {
  const tenant = await arrangeColours(['Green', 'Blue', 'Red']);
  const { number } = await tenant.cycle();
  const { failed, done } = await tenant.undo(number);
  expect([failed, done.length, namesOf(tenant)]).toEqual([[], 3, expected(colours.slice(0, 3))]);
});

test('a name that another team got by hand meanwhile is not taken', async () => {
  const tenant = await arrangeColours(['Green', 'Blue']);
  const { done } = await tenant.cycle('full', () => {
    const second = tenant.state.team(51);
    if (second) tenant.state.deleteTeam(second);
    tenant.state.createTeam('Green', []);
  });
  // Timely refuses the name, and the next cycle tells who has it.
  expect(done).toEqual([]);
  await tenant.cycle();
  expect(namesOf(tenant)[0]).toBe('50 Red');
});
