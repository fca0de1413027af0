import { expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { startTenant } from '../../client/start/start-tenant.ts';
import type { TenantStatus } from '../../workflows/messages.ts';
import { exampleWith } from '../config/example.ts';

const running: TenantStatus = {
  tenant: 'contoso',
  stage: 'reading',
  health: 'ok',
  cycle: 8,
  finishedCycle: 7,
  progress: null,
  cycleError: null,
  nextCycleAt: null,
  configurationVersion: 1,
  paused: false,
  undoing: null,
};

/** A client of Temporal whose loop of the tenant is in the middle of a cycle. */
function clientWith(changed: boolean): Client {
  const workflow = {
    getHandle: () => ({ query: async () => running }),
    executeUpdateWithStart: async () => ({ version: 2, changed, paused: false }),
  };
  const withDeadline = (_deadline: number, work: () => Promise<unknown>) => work();
  return { workflow, withDeadline } as unknown as Client;
}

test.each([
  ['another file: it goes by the file before', true, 8],
  ['the same file: its end is awaited', false, 7],
])('a cycle runs at the start with %s', async (_, changed, finishedBefore) => {
  const started = await startTenant(clientWith(changed), exampleWith(), { run: false });
  expect(started).toMatchObject({ finishedBefore, isNew: false });
});
