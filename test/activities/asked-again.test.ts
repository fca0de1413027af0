/** What becomes of a removal once the directory is asked again for the person. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { group, link, members, person, user, worldWith } from '../domain/world.ts';
import { openTestStore } from '../support/database.ts';
import { arrangeTenant } from './tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

test('who moves from an assigned group into one below it is no longer assigned, and leaves', async () => {
  const [assigned, below] = [group('Timely'), group('Interns')];
  const tenant = await arrangeTenant(
    store.database,
    worldWith({
      rules: { scope: { include: [{ assignedToApp: true }], exclude: [], guests: 'exclude' } },
      directory: {
        people: [person('Ada'), person('Bo')],
        groups: [assigned, below],
        memberships: [...members(assigned.id, below.id, 'id-bo'), ...members(below.id, 'id-ada')],
        appAssignments: [assigned.id],
      },
      timely: { users: [user(10, 'Ada'), user(11, 'Bo')] },
      personLinks: [link('Ada', 10), link('Bo', 11)],
    }),
  );
  expect((await tenant.cycle()).done).toEqual(['remove ada@contoso.example']);
});
