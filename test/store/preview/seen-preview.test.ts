/** `resume` goes by what was seen: the plan of a preview over a real store, and what has changed since. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { endCycle } from '../../../activities/cycle/finish-cycle.ts';
import { noWorkflows, type Services } from '../../../activities/services.ts';
import { storeOrder } from '../../../store/control.ts';
import { boundPreview, keepPreview, seenPreview } from '../../../store/preview/seen-preview.ts';
import { newestConfiguration, tenantRow } from '../../../store/tenants.ts';
import { editedTenant } from '../../activities/support/edited-tenant.ts';
import { person, type World, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const at = new Date('2026-11-23T10:00:00Z');
const directoryOf = (...names: string[]): World['directory'] =>
  worldWith({ directory: { people: names.map((name) => person(name)) } }).directory;

/** A tenant of Ada and Bo, paused, whose plan somebody has looked at. */
async function arrange({ file }: { file?: unknown } = {}) {
  const { database } = store;
  const tenant = await editedTenant(database, worldWith({ directory: directoryOf('Ada', 'Bo') }));
  const { name } = tenant;
  const order = (kind: 'paused' | 'resumed') =>
    storeOrder(database, name, { kind, by: null, id: randomUUID(), at, reason: '' });
  const plan = async () => ({ tenant: name, cycle: (await tenantRow(database, name))?.planCycle ?? 0 });
  const seen = async () => {
    const inForce = (await newestConfiguration(database, name))?.file;
    await keepPreview(database, name, { file: file ?? inForce, now: at, plan: await plan() });
  };
  const changes = async () => {
    const { cycle } = await plan();
    const { rows } = await database.$client.query<{ label: string }>(
      `select kind || ' ' || (subject ->> 'name') || ' ' || coalesce(hold_rule, status) as label from changes
       where tenant = $1 and cycle = $2 order by label`,
      [name, cycle],
    );
    return rows.map(({ label }) => label);
  };
  const finish = async (yielded: boolean) => {
    const services = {
      ...{ database, workflows: noWorkflows, now: () => at },
      tenantFile: async () => (await newestConfiguration(database, name))?.file,
      notifications: { notifier: async () => undefined, ui: null },
    } as unknown as Services;
    await endCycle(services, { tenant: name, cycle: (await plan()).cycle, cycleError: null, yielded });
  };
  await order('paused');
  await tenant.planWhole();
  return { ...tenant, order, seen, changes, finish, bound: () => boundPreview(database, name) };
}

test('holds what has come since the preview, and lets through what it showed', async () => {
  const { order, seen, changes, directoryBecomes, planWhole, name } = await arrange();
  await seen();
  expect(await seenPreview(store.database, name)).toEqual({ madeAt: at.toISOString(), changes: 2 });
  await directoryBecomes(directoryOf('Ada', 'Cy'), () => true);
  await order('resumed');
  await planWhole();
  expect(await changes()).toEqual(['invite Ada planned', 'invite Cy not-previewed']);
});

test('binds until a cycle was carried through; what is held then stays held', async () => {
  const { order, seen, changes, directoryBecomes, planWhole, finish, bound } = await arrange();
  await seen();
  await directoryBecomes(directoryOf('Ada', 'Bo', 'Cy'), () => true);
  await order('resumed');
  await planWhole();
  await finish(true);
  expect(await bound()).not.toBeNull();
  await planWhole();
  await finish(false);
  expect(await bound()).toBeNull();
  await directoryBecomes(directoryOf('Ada', 'Bo', 'Cy', 'Di'), () => true);
  await planWhole();
  expect(await changes()).toEqual([
    'invite Ada planned',
    'invite Bo planned',
    'invite Cy not-previewed',
    'invite Di planned',
  ]);
});

test('a preview of another file, or of an earlier pause, binds nothing', async () => {
  const other = await arrange({ file: { tenant: 'edited' } });
  await other.seen();
  await other.order('resumed');
  expect(await other.bound()).toBeNull();

  const earlier = await arrange();
  await earlier.seen();
  await earlier.order('resumed');
  await earlier.order('paused');
  expect(await seenPreview(store.database, earlier.name)).toBeNull();
  await earlier.order('resumed');
  expect(await earlier.bound()).toBeNull();
});

test('a second pause keeps what was seen in the first', async () => {
  const { order, seen, bound } = await arrange();
  await seen();
  await order('paused');
  await order('resumed');
  expect((await bound())?.size).toBe(2);
});
