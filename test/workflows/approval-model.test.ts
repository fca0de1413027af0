/**
 * Requests for approval against a model: whatever is answered, forgotten, restarted or changed meanwhile, nothing goes
 * through without a live approval of exactly that, nothing approved is lost, and nobody is asked twice.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startProcess } from '../../client/local/processes.ts';
import { startTemporal, type Temporal } from '../../client/local/temporal.ts';
import { type Requests, startRequests } from '../support/requests.ts';
import { until } from '../support/world.ts';
import { scenes } from './approval-steps.ts';
import { playTenant } from './approval-tenant.ts';

/** So short a history makes a request continue as new after a reminder or two. */
const longHistory = 12;

let folder: string;
let temporal: Temporal;
let requests: Requests;
let restarting: Promise<void> | null = null;
let restarts = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timely-sync-approval-model-'));
  temporal = await startTemporal({
    dataFolder: folder,
    launch: (program) =>
      startProcess({
        ...program,
        args: [
          ...program.args,
          '--dynamic-config-value',
          `limit.historyCount.suggestContinueAsNew=${longHistory}`,
        ],
      }),
  });
  requests = await startRequests(temporal.address);
}, 60_000);
afterAll(async () => {
  await requests.close();
  await temporal.stop();
  await rm(folder, { recursive: true, force: true });
});

/** All tenants of the test have one worker: whoever wants it restarted while it is being restarted gets that. */
async function restart(): Promise<void> {
  restarts += 1;
  restarting ??= requests
    .stopWorker()
    .then(() => requests.startWorker())
    .finally(() => {
      restarting = null;
    });
  await restarting;
}

test('whatever happens: nothing without its approval, nothing approved lost, nobody asked twice', async () => {
  const scripts = fc.record({
    approvers: fc.integer({ min: 1, max: 2 }),
    steps: scenes,
  });
  const tenants = fc.array(scripts, { minLength: 8, maxLength: 8 });
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(tenants, async (side) => {
      const played = await Promise.all(side.map((script) => playTenant(requests, script, restart)));
      for (const end of played.flat()) ends.add(end);
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 3), endOnFailure: true },
  );
  // A model in which these never happened is one that proves less than it says.
  for (const end of ['approved', 'rejected', 'expired', 'ended by itself']) expect(ends).toContain(end);
  expect(restarts).toBeGreaterThan(0);
  await until('a request that continued as new', async () => {
    const { count } = await requests.client.workflow.count("ExecutionStatus = 'ContinuedAsNew'");
    return count > 0 ? true : null;
  });
}, 300_000);
