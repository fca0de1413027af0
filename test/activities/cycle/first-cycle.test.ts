/** How long removals are those of a first cycle: until one cycle went through on complete reads. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createFinishCycleActivities } from '../../../activities/cycle/finish-cycle.ts';
import { isFirstCycle } from '../../../store/planning/cycles.ts';
import { copyTenant, tenantCopyName } from '../../../store/preview/tenant-copy.ts';
import { reportLines } from '../../../store/query/cycle-reports.ts';
import { link, person, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** A tenant that leaves removals of its first cycle to people. Cy is to go, Ada to come. */
async function newTenant() {
  const world = worldWith({
    directory: { people: [person('Ada'), person('Cy', { enabled: false })] },
    timely: { users: [user(12, 'Cy')] },
    personLinks: [link('Cy', 12)],
  });
  const tenant = await arrangeTenant(store.database, world);
  Object.assign(tenant.file.safety.firstCycle, { removals: 'hold' });
  const heldIn = async (cycle: number) => {
    const where = { tenant: tenant.tenant, cycle, statuses: ['held' as const], after: 0, limit: 9 };
    const { items } = await reportLines(store.database, where);
    return items.map(({ change, subject, hold }) => `${change} ${subject} ${hold?.rule}`);
  };
  return { ...tenant, world, heldIn };
}

test('asks about removals of the next cycle after one whose read proved nothing', async () => {
  const { world, cycle, heldIn, approveHeld } = await newTenant();
  world.directory.complete = false;
  expect(await heldIn((await cycle()).number)).toEqual(['remove cy@contoso.example incomplete-read']);
  world.directory.complete = true;
  const first = await cycle();
  expect([first.done, await heldIn(first.number)]).toEqual([[], ['remove cy@contoso.example first-cycle']]);
  expect(await approveHeld(first.key)).toBe(1);
  expect((await cycle()).done).toEqual(['remove cy@contoso.example']);
});

test('knows in a preview after an undo that the first cycle is over', async () => {
  const { database } = store;
  const { tenant, cycle, undo, services } = await newTenant();
  const first = await cycle();
  const cycleError = { health: 'target-down', message: 'no answer', remedy: '' } as const;
  const second = await cycle();
  await createFinishCycleActivities(services).finishCycle({ tenant, cycle: second.number, cycleError });
  await undo(first.number);
  const copyName = tenantCopyName(tenant, 'p');
  const now = new Date();
  await copyTenant(database, { tenant, replicaOf: tenant, copyName, windowStart: now, isInForce: true, now });
  expect([await isFirstCycle(database, tenant), await isFirstCycle(database, copyName)]).toEqual([
    false,
    false,
  ]);
});
