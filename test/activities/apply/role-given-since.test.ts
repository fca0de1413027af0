/** A role that somebody gives in Timely by hand between the plan of a cycle and its applying. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { group, link, members, person, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** The rules want Ada to be a manager. Bo is in Timely by hand, and nobody's yet. */
async function arrange() {
  const managers = group('Managers');
  const world = worldWith({
    rules: {
      roles: { default: 'employee', adopted: 'keep', rules: [{ group: 'Managers', role: 'manager' }] },
    },
    directory: {
      people: [person('Ada'), person('Bo')],
      groups: [managers],
      memberships: members(managers.id, 'id-ada'),
    },
    timely: { users: [user(10, 'Ada'), user(11, 'Bo')] },
    personLinks: [link('Ada', 10)],
  });
  const tenant = await arrangeTenant(store.database, world);
  const becomes = (id: number, role: string) => () => {
    const found = tenant.state.user(id);
    const roleId = tenant.state.roles.find(({ name }) => name === role)?.id;
    if (found && roleId !== undefined) Object.assign(found, { role_id: roleId });
  };
  const roleOf = (id: number) => {
    const roleId = tenant.state.user(id)?.role_id;
    return tenant.state.roles.find((each) => each.id === roleId)?.name;
  };
  return { ...tenant, becomes, roleOf };
}

test('is not lowered by a change that was planned as a raise', async () => {
  const { cycle, becomes, roleOf } = await arrange();
  const { done } = await cycle('full', becomes(10, 'admin'));
  expect([done, roleOf(10)]).toEqual([['link bo@contoso.example'], 'admin']);
  // The next plan knows, and asks.
  expect([(await cycle()).done, roleOf(10)]).toEqual([[], 'admin']);
});

test('does not make a link to an admin whom nobody was asked about', async () => {
  const { cycle, becomes, approveHeld } = await arrange();
  expect((await cycle('full', becomes(11, 'admin'))).done).toEqual(['changeRole ada@contoso.example']);
  const { done, key } = await cycle();
  expect([done, await approveHeld(key)]).toEqual([[], 1]);
  expect((await cycle()).done).toEqual(['link bo@contoso.example']);
});
