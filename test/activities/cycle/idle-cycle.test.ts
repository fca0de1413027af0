/** The activity that begins a cycle, against both simulators: what it does by itself, and what it leaves to others. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { BegunCycle } from '../../../activities/cycle/begin-cycle.ts';
import { createActivities } from '../../../activities/index.ts';
import { requestFullRead, storeOrder } from '../../../store/control.ts';
import { loadCycleReport } from '../../../store/query/cycle-reports.ts';
import { type DirectoryReader, type DirectoryWorld, openReader } from '../support/directory-world.ts';
import { attemptOf } from '../support/retried.ts';
import { cycle } from '../support/sandbox-cycle.ts';

let reader: DirectoryReader;
let world: DirectoryWorld;
let ids = 0;

beforeAll(async () => {
  reader = await openReader();
  world = await reader.world();
  await cycle(world, { full: true });
  await cycle(world);
}, 60_000);
afterAll(async () => {
  await world.close();
  await reader.close();
});
beforeEach(async () => {
  world.faults.clear();
  world.sandbox.timely.faults.clear();
  await order('resumed');
});

const activities = () => createActivities(world.services);

const nextId = () => {
  ids += 1;
  return `id ${ids}`;
};

async function begin(opening = nextId()): Promise<BegunCycle> {
  const input = { tenant: world.tenant, opening, fresh: false };
  return (await attemptOf(1).run(activities().beginCycle, input)) as BegunCycle;
}

async function opened(): Promise<{ key: NonNullable<BegunCycle['key']> } & Omit<BegunCycle, 'key'>> {
  const { key, ...rest } = await begin();
  if (key === null) throw new Error('No cycle was opened.');
  return { key, ...rest };
}

const order = (kind: 'paused' | 'resumed' | 'stopped') =>
  storeOrder(world.services.database, world.tenant, {
    ...{ kind, id: nextId(), at: new Date(), by: 'it-lead', reason: '' },
  });

const requestsOf = (operation: string) =>
  world.sandbox.microsoft.ledger.entries().filter((entry) => entry.operation === operation).length;

const report = (number: number) => loadCycleReport(world.services.database, world.tenant, number);

describe('a cycle that finds nothing', () => {
  test('has ended with its report, and a second attempt finds the same one', async () => {
    const first = await begin('twice');
    expect(first).toMatchObject({ key: { kind: 'incremental' }, unread: [], idle: { undone: false } });
    expect(first.idle?.counts.inScope).toBeGreaterThan(0);
    expect(await report(first.key?.cycle ?? 0)).toMatchObject({
      finishedAt: expect.any(String),
      cycleError: null,
      evidence: { complete: true },
    });
    expect((await begin('twice')).key?.cycle).toBe(first.key?.cycle);
  });

  test('leaves the plan to others when a person has left', async () => {
    world.state.leave('Umar Farouk');
    const { key, unread, idle } = await opened();
    expect({ unread, idle }).toEqual({ unread: [], idle: null });
    expect(await activities().makePlan(key)).toMatchObject({ planned: true });
    await activities().finishCycle({ tenant: world.tenant, cycle: key.cycle, cycleError: null });
    await cycle(world);
    await cycle(world);
  });

  test('waits for its interval less at most a tenth, and for another part of it each time', async () => {
    const waits = [await opened(), await opened(), await opened()].map(({ key }) => key.waitMs);
    for (const wait of waits) {
      expect(wait).toBeGreaterThan(300_000 * 0.9);
      expect(wait).toBeLessThanOrEqual(300_000);
    }
    expect(new Set(waits).size).toBe(3);
  });
});

describe('a side that does not answer', () => {
  test('is the only one that is left to be read', async () => {
    world.sandbox.timely.faults.set('unavailable', { operation: 'users.list' });
    const { key, unread, idle } = await opened();
    expect({ unread, idle }).toEqual({ unread: ['timely'], idle: null });
    expect(await report(key.cycle)).toMatchObject({ finishedAt: null, evidence: { complete: true } });
  });

  test('goes on with what was read of it', async () => {
    world.faults.set('unavailable', { operation: 'groups.delta' });
    const users = requestsOf('users.delta');
    const { key, unread } = await opened();
    expect(unread).toEqual(['directory']);
    expect(requestsOf('users.delta')).toBe(users + 1);
    world.faults.clear();
    expect(await attemptOf(1).run(activities().readDirectory, key)).toMatchObject({ complete: true });
    expect(requestsOf('users.delta')).toBe(users + 1);
  });
});

describe('what operators ordered', () => {
  test.each(['paused', 'stopped'] as const)('lets a %s tenant open no cycle', async (kind) => {
    await order(kind);
    const { key, control } = await begin();
    expect(key).toBeNull();
    expect(control).toMatchObject(
      kind === 'paused' ? { paused: { by: 'it-lead', undoes: null } } : { stopped: true },
    );
    if (kind === 'stopped') await world.configure((text) => text);
  });

  test('an undo goes on with every new workflow until nothing of it waits', async () => {
    const undo = { tenant: world.tenant, undoes: 1, id: nextId(), by: 'it-lead' };
    expect(await activities().beginUndo(undo)).toMatchObject({ undoing: 1, paused: { undoes: 1 } });
    for (const workflow of ['the first', 'the next']) {
      const { key, unread } = await begin(workflow);
      expect([workflow, key?.undoes, unread]).toEqual([workflow, 1, ['timely']]);
    }
  });

  test('a full read is asked for until one was completed', async () => {
    const { database } = world.services;
    await requestFullRead(database, world.tenant);
    for (const lost of ['a broken read', 'a lost workflow']) {
      const { key, unread } = await begin(lost);
      expect([lost, key?.kind, unread]).toEqual([lost, 'full', ['directory', 'timely']]);
    }
    const { key } = await opened();
    // Another request, while the cycle reads: what it has read already may have changed since.
    await requestFullRead(database, world.tenant);
    await attemptOf(1).run(activities().readDirectory, key);
    await attemptOf(1).run(activities().readTimely, key);
    await activities().makePlan(key);
    await activities().finishCycle({ tenant: world.tenant, cycle: key.cycle, cycleError: null });
    expect((await cycle(world)).key.kind).toBe('full');
    expect((await opened()).key.kind).toBe('incremental');
  });
});
