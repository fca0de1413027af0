/** Commands while no worker runs, or while one restarts. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { explainError } from '../../client/explain-error.ts';
import { followCycle } from '../../client/remote/follow-cycle.ts';
import { queryWorker } from '../../client/remote/query.ts';
import { loopStatus } from '../../client/remote/tenant-status.ts';
import { nudgeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import { commandsFor } from '../support/commands.ts';
import { endProcess } from '../support/program.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let commands: ReturnType<typeof commandsFor>;

beforeAll(async () => {
  world = await startWorld();
  commands = commandsFor(world);
}, 90_000);
afterAll(async () => {
  commands.release();
  await world.close();
});

async function endOf(result: Promise<unknown>) {
  const error: unknown = await result.then(
    () => null,
    (reason) => reason,
  );
  const { exitCode, message } = explainError(error);
  return { exitCode, message };
}

const silentWorker = () => ({
  exitCode: 69,
  message: `No worker answered on the task queue ${world.taskQueue}: see that Temporal and a worker (\`timely-sync worker\`) run, then try again.`,
});

test('a query ends with 69 when no worker takes it', async () => {
  expect(await endOf(queryWorker(world.client, { about: 'tenants', after: 0 }, 1_000))).toEqual(
    silentWorker(),
  );
});

test('a query for the status ends with 69 when no worker runs the loop', async () => {
  const { client, tenant, taskQueue } = world;
  const options = { workflowId: tenantWorkflowId(tenant), taskQueue, args: [{ tenant }] };
  await client.workflow.start('tenantSync', options);
  expect(await endOf(loopStatus(client, tenant, 1_000))).toEqual(silentWorker());
});

test('the wait for a cycle outlasts a restart of the worker', async () => {
  const { client, tenant } = world;
  const worker = await world.startWorker();
  const { finishedCycle } = await world.start();
  const following = followCycle(client, tenant, { after: finishedCycle });
  await endProcess(worker);
  await client.workflow.getHandle(tenantWorkflowId(tenant)).signal(nudgeSignal);
  await world.startWorker();
  expect(await following).toBe(finishedCycle + 1);
}, 120_000);
