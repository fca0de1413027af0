/** Seats that removals of a cycle free, used in the same cycle: what Timely has afterwards, and what was asked of it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { reportLines } from '../../../store/query/cycle-reports.ts';
import { link, person, team, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const starts = (day: string) => ({
  attributes: { employeeHireDate: `2026-12-${day}T00:00:00Z`, department: 'Law' },
});

/** All four seats are used. Two people leave and three wait, of whom Cy starts first and Bo last. */
async function fullAccount() {
  const world = worldWith({
    rules: { teams: [{ kind: 'department', department: 'Law' }] },
    directory: {
      people: [
        person('Lea', { enabled: false }),
        person('Max', { enabled: false }),
        person('Bo', starts('03')),
        person('Cy', starts('01')),
        person('Di', starts('02')),
      ],
    },
    timely: { users: [user(10, 'Lea'), user(11, 'Max')], teams: [team(50, 'Law', 1)] },
    personLinks: [link('Lea', 10), link('Max', 11)],
  });
  const tenant = await arrangeTenant(store.database, world);
  tenant.state.account.seats = 4;
  const waiting = async (cycle: number) => {
    const where = { tenant: tenant.tenant, cycle, statuses: ['held' as const], after: 0, limit: 9 };
    const { items } = await reportLines(store.database, where);
    return items.map(({ subject, hold }) => `${subject} ${hold?.rule}`);
  };
  const present = () =>
    tenant.state.present.map(({ email }) => email.split('@')[0]).filter((name) => !name?.startsWith('the.'));
  const invited = () =>
    tenant.ledger
      .entries()
      .filter(({ operation }) => operation === 'users.invite')
      .map(({ subject }) => subject);
  return { ...tenant, world, waiting, present, invited };
}

test('gives the seats of leavers to those who start first, in the same cycle and with their team', async () => {
  const { cycle, waiting, present, invited, state } = await fullAccount();
  const { number } = await cycle();
  expect(present().sort()).toEqual(['cy', 'di']);
  expect(await waiting(number)).toEqual(['bo@contoso.example no-seat']);
  expect(invited()).toHaveLength(2);
  const names = state.teams.flatMap(({ users }) => users.map(({ user_id }) => state.user(user_id)?.email));
  expect(names).toEqual(expect.arrayContaining(['cy@contoso.example', 'di@contoso.example']));
  for (const { email } of state.present) expect(state.mailsTo(email)).toBeLessThanOrEqual(1);
});

test('holds those whose seat stays taken because a leaver stays', async () => {
  const { cycle, waiting, present, invited, world } = await fullAccount();
  const { number } = await cycle('full', () => {
    const max = world.directory.people.find(({ name }) => name === 'Max');
    Object.assign(max ?? {}, { enabled: true });
  });
  expect(present().sort()).toEqual(['cy', 'max']);
  expect((await waiting(number)).toSorted()).toEqual([
    'bo@contoso.example no-seat',
    'di@contoso.example no-seat',
  ]);
  expect(invited()).toEqual(['cy@contoso.example']);
});

test('invites no one while Timely does not say how many seats are left', async () => {
  const { cycle, waiting, present, invited, faults } = await fullAccount();
  const { number } = await cycle('full', () => faults.set('unavailable', { operation: 'accounts.get' }));
  expect([present(), invited()]).toEqual([[], []]);
  expect(await waiting(number)).toHaveLength(3);
});
