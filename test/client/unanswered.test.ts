import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { explainError } from '../../client/explain-error.ts';
import { followCycle } from '../../client/remote/follow-cycle.ts';
import { queryWorker } from '../../client/remote/query.ts';
import { loopStatus } from '../../client/remote/tenant-status.ts';
import { defaultTaskQueue, nudgeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import { type StandIn, startStandIn } from './stand-in.ts';

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn();
});
afterAll(() => standIn.stop());

const silentWorker = {
  exitCode: 69,
  message: `No worker answered on the task queue ${defaultTaskQueue}: see that Temporal and a worker (\`timely-sync worker\`) run, then try again.`,
};

async function endOf(asked: Promise<unknown>) {
  const error: unknown = await asked.then(
    () => null,
    (reason) => reason,
  );
  const { exitCode, message } = explainError(error);
  return { exitCode, message };
}

async function startLoop(tenant: string) {
  const { client } = standIn.environment;
  const options = { workflowId: tenantWorkflowId(tenant), taskQueue: defaultTaskQueue, args: [{ tenant }] };
  return client.workflow.start('tenantSync', options);
}

test('a question that no worker takes up ends with 69', async () => {
  await standIn.stopWorker();
  const { client } = standIn.environment;
  expect(await endOf(queryWorker(client, { about: 'tenants', after: 0 }, 1_000))).toEqual(silentWorker);
  await standIn.startWorker();
  expect(await queryWorker(client, { about: 'tenants', after: 0 })).toEqual({ items: [], next: null });
});

test('a loop that no worker runs ends the question for its status with 69', async () => {
  await standIn.stopWorker();
  await startLoop('silent');
  expect(await endOf(loopStatus(standIn.environment.client, 'silent', 1_000))).toEqual(silentWorker);
  await standIn.startWorker();
  expect(await loopStatus(standIn.environment.client, 'silent')).toMatchObject({ stage: 'starting' });
});

test('a worker that restarts does not end the wait for a cycle', async () => {
  const loop = await startLoop('restarted');
  const following = followCycle(standIn.environment.client, 'restarted', { after: 0 });
  await standIn.stopWorker();
  await loop.signal(nudgeSignal);
  await standIn.startWorker();
  expect(await following).toBe(1);
});
