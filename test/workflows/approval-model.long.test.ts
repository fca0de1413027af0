/**
 * Approvals against a model. In any sequence of decisions, delays, restarts and changes: no change is applied without a
 * valid approval of exactly that change, no approved change is lost, and the sync never asks twice.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startProcess } from '../../client/local/processes.ts';
import { startTemporal, type Temporal } from '../../client/local/temporal.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { type Requests, startRequests } from '../support/requests.ts';
import { until } from '../support/world.ts';
import { scenes } from './approval-steps.ts';
import { playTenant } from './approval-tenant.ts';

/** With so short a history an approval continues as new after one or two reminders. */
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

/** All tenants of the test share one worker: a restart that comes during another one joins it. */
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

test('applies exactly the approved changes and asks once, in any sequence of steps', async () => {
  const scripts = fc.record({
    approvers: fc.integer({ min: 1, max: 2 }),
    steps: scenes,
  });
  const tenants = fc.array(scripts, { minLength: 8, maxLength: 8 });
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(tenants, async (scriptsOfTenants) => {
      const played = await Promise.all(
        scriptsOfTenants.map((script) => playTenant(requests, script, restart)),
      );
      for (const end of played.flat()) ends.add(end);
    }),
    { numRuns: propertyRuns(2), endOnFailure: true },
  );
  // Without one of these ends the test would prove less than its name says.
  for (const end of ['approved', 'rejected', 'expired', 'ended by itself']) expect(ends).toContain(end);
  expect(restarts).toBeGreaterThan(0);
  await until('an approval that continued as new', async () => {
    const { count } = await requests.client.workflow.count("ExecutionStatus = 'ContinuedAsNew'");
    return count > 0 ? true : null;
  });
}, 300_000);
