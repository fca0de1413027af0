import { expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { syncNow } from '../../client/actions/sync.ts';
import { followCycle } from '../../client/remote/follow-cycle.ts';
import type { TenantStatus } from '../../workflows/messages.ts';

const status = (cycle: number, finishedCycle: number, carried: number, full = 0): TenantStatus => ({
  tenant: 'contoso',
  stage: 'applying',
  health: 'ok',
  cycle,
  finishedCycle,
  carriedThrough: { cycle: carried, full, isFullLeft: false },
  progress: null,
  cycleError: null,
  nextCycleAt: null,
  configurationVersion: 1,
  paused: false,
  undoing: null,
});

/** A client whose loop stands so at one question after the other, and is asked for a cycle after `after`. */
function clientWith(statuses: TenantStatus[], after = 0): Client {
  const left = [...statuses];
  const handle = {
    query: async () => (left.length > 1 ? left.shift() : left[0]),
    executeUpdate: async () => ({ after }),
  };
  const workflow = { getHandle: () => handle };
  const withDeadline = (_deadline: number, work: () => Promise<unknown>) => work();
  return { workflow, withDeadline } as unknown as Client;
}

test('a cycle that left changes to the next one is no answer', async () => {
  const client = clientWith([status(8, 7, 7), status(9, 8, 7), status(9, 9, 9)]);
  expect(await followCycle(client, 'contoso', { after: 7 })).toBe(9);
});

test('its end is one for those who look on', async () => {
  const client = clientWith([status(8, 7, 7), status(9, 8, 7)]);
  expect(await followCycle(client, 'contoso', { after: 7, until: 'ended' })).toBe(8);
});

test('`sync` does not answer with the cycle that ran when it asked', async () => {
  const client = clientWith([status(8, 7, 7), status(8, 7, 7), status(9, 8, 8), status(9, 9, 9)], 8);
  expect(await syncNow(client, 'contoso', false, () => undefined)).toBe(9);
});

test('`sync --full` answers with the full cycle, also where an incremental one has followed', async () => {
  const client = clientWith([status(8, 7, 7, 3), status(9, 8, 8, 3), status(10, 10, 10, 9)], 7);
  expect(await syncNow(client, 'contoso', true, () => undefined)).toBe(9);
});
