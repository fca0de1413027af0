/** A cycle whose workflow was ended, or whose report was lost, blocks no later cycle. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSyncCycle } from '../../../activities/cycle/open-cycle.ts';
import { erasePerson } from '../../../store/erasure/erase-person.ts';
import { loadCycleReport } from '../../../store/query/cycle-reports.ts';
import { link, person, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

test('lets the next cycle report it as cut off, and a person who left be erased', async () => {
  const { database } = store;
  const world = worldWith({
    directory: { people: [person('Ada'), person('Cy', { enabled: false })] },
    timely: { users: [user(12, 'Cy')] },
    personLinks: [link('Cy', 12)],
  });
  const { tenant, services, cycle } = await arrangeTenant(database, world);
  expect((await cycle()).done).toContain('remove cy@contoso.example');
  const opening = { tenant, opening: 'terminated', fresh: false };
  const { cycle: cutOff } = await openSyncCycle(services, opening);
  const erase = () =>
    erasePerson(database, { tenant, person: 'cy@contoso.example', id: 'e', by: 'privacy' }, new Date());
  await expect(erase()).rejects.toThrow('A cycle of');

  await cycle();
  expect(await loadCycleReport(database, tenant, cutOff)).toMatchObject({
    finishedAt: expect.any(String),
    cycleError: { message: expect.stringContaining('was cut off before it could report') },
  });
  expect(await erase()).toMatchObject({ tenant, stays: true });
});
