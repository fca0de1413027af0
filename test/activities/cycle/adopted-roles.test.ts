/** Roles that were given by hand before the sync came (docs/reference/rules.md section 4.3), as Timely shows them afterwards. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { reportLines } from '../../../store/query/cycle-reports.ts';
import { group, members, person, user, type World, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant, type TenantInProcess } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const roleNames = ['admin', 'manager', 'employee', 'team_lead', 'Controller'];
const givenByHand = ['manager', 'employee', 'Controller'];

/** People who are in Timely already, with roles given by hand. */
function company(size: number, adopted: 'keep' | 'rules'): World {
  const names = Array.from(
    { length: size },
    (_, index) => `P${'abcdefghij'[Math.floor(index / 26)]}${String.fromCharCode(97 + (index % 26))}`,
  );
  return worldWith({
    rules: {
      roles: { default: 'employee', adopted, rules: [{ group: 'Managers', role: 'manager' }] },
      safety: { roleChanges: { max: 20, percent: 10, windowDays: 7 } },
    },
    directory: { people: names.map((name) => person(name)), groups: [group('Managers')] },
    timely: {
      users: names.map((name, index) => user(100 + index, name, { role: givenByHand[index % 3] ?? '' })),
      roles: roleNames.map((name, index) => ({ id: 300 + index, name })),
    },
  });
}

const rolesIn = ({ state }: TenantInProcess) =>
  state.present.slice(2).map(({ role_id }) => state.role(role_id)?.name);
const writesTo = ({ ledger }: TenantInProcess) =>
  ledger.entries().filter(({ method }) => method !== 'GET').length;

async function heldIn({ tenant }: TenantInProcess, cycle: number) {
  const where = { tenant, cycle, statuses: ['held' as const], after: 0, limit: 1_000 };
  const { items } = await reportLines(store.database, where);
  return items.map(({ change, hold }) => `${change} ${hold?.rule}`);
}

async function putIntoManagers({ tenant }: TenantInProcess, ...personIds: string[]) {
  for (const { groupId, memberId } of members('group-managers', ...personIds)) {
    await store.database.$client.query(
      "insert into directory_memberships (tenant, group_id, member_id, member_kind) values ($1, $2, $3, 'user')",
      [tenant, groupId, memberId],
    );
  }
}

test('keeps the roles of people who were in Timely, in each later cycle, until a line fits', async () => {
  const tenant = await arrangeTenant(store.database, company(30, 'keep'));
  const before = rolesIn(tenant);
  const first = await tenant.cycle();
  expect([first.done.length, new Set(first.done.map((line) => line.split(' ')[0]))]).toEqual([
    30,
    new Set(['link']),
  ]);
  expect((await tenant.cycle()).planned).toBe(0);
  expect([rolesIn(tenant), writesTo(tenant)]).toEqual([before, 0]);
  // Paa is a manager by hand, and now by a line too; Pab was an employee.
  await putIntoManagers(tenant, 'id-paa', 'id-pab');
  expect((await tenant.cycle()).done).toEqual(['changeRole pab@contoso.example']);
  await store.database.$client.query('delete from directory_memberships where tenant = $1', [tenant.tenant]);
  // The line gave both their role, so the default counts after it.
  expect((await tenant.cycle()).done).toEqual([
    'changeRole paa@contoso.example',
    'changeRole pab@contoso.example',
  ]);
});

test('ends a role by hand that a line gave from the start, when the line fits no more', async () => {
  const tenant = await arrangeTenant(store.database, company(3, 'keep'));
  // Paa is a manager by hand, and in the group of the managers before the first cycle.
  await putIntoManagers(tenant, 'id-paa');
  expect((await tenant.cycle()).done).toHaveLength(3);
  await store.database.$client.query('delete from directory_memberships where tenant = $1', [tenant.tenant]);
  expect((await tenant.cycle()).done).toEqual(['changeRole paa@contoso.example']);
});

test('asks before a role is lowered with roles.adopted: rules, once for many people', async () => {
  const tenant = await arrangeTenant(store.database, company(60, 'rules'));
  const before = rolesIn(tenant);
  const first = await tenant.cycle();
  expect(first.done).toHaveLength(60);
  expect(await heldIn(tenant, first.number)).toEqual(Array(40).fill('changeRole lowers-role'));
  expect((await tenant.cycle()).done).toEqual([]);
  expect([rolesIn(tenant), writesTo(tenant)]).toEqual([before, 0]);
  const second = await tenant.cycle();
  expect(await heldIn(tenant, second.number)).toEqual(Array(40).fill('changeRole lowers-role'));
  await tenant.approveHeld(second.key);
  expect((await tenant.cycle()).done).toHaveLength(40);
  expect(new Set(rolesIn(tenant))).toEqual(new Set(['employee']));
});

test('holds all role changes above the limit, with those of the days before, until they are approved', async () => {
  const tenant = await arrangeTenant(store.database, company(60, 'keep'));
  await tenant.cycle();
  const employees = Array.from({ length: 60 }, (_, index) => index).filter((index) => index % 3 === 1);
  const idOf = (index: number) =>
    `id-p${'abcdefghij'[Math.floor(index / 26)]}${String.fromCharCode(97 + (index % 26))}`;
  await putIntoManagers(tenant, ...employees.slice(0, 4).map(idOf));
  expect((await tenant.cycle()).done).toHaveLength(4);
  await putIntoManagers(tenant, ...employees.slice(4, 7).map(idOf));
  const over = await tenant.cycle();
  expect([over.done, await heldIn(tenant, over.number)]).toEqual([
    [],
    Array(3).fill('changeRole too-many-role-changes'),
  ]);
  expect(await tenant.approveHeld(over.key)).toBe(1);
  expect((await tenant.cycle()).done).toHaveLength(3);
  // What was approved does not count, so two more are within the limit of six.
  await putIntoManagers(tenant, ...employees.slice(7, 9).map(idOf));
  expect((await tenant.cycle()).done).toHaveLength(2);
});

test('gives a role by hand back with an undo, and keeps it', async () => {
  const tenant = await arrangeTenant(store.database, company(3, 'keep'));
  Object.assign(tenant.file.safety.roleChanges, { percent: 100 });
  await tenant.cycle();
  await putIntoManagers(tenant, 'id-pac');
  const raised = await tenant.cycle();
  expect(raised.done).toEqual(['changeRole pac@contoso.example']);
  await store.database.$client.query('delete from directory_memberships where tenant = $1', [tenant.tenant]);
  expect((await tenant.undo(raised.number)).done).toEqual(['changeRole pac@contoso.example']);
  expect((await tenant.cycle()).planned).toBe(0);
  expect(rolesIn(tenant)).toEqual(['manager', 'employee', 'Controller']);
});
