/** Commands while no worker runs, or while one restarts. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { explainError } from '../../client/explain-error.ts';
import { followCycle } from '../../client/remote/follow-cycle.ts';
import { queryWorker } from '../../client/remote/query.ts';
import { loopStatus } from '../../client/remote/tenant-status.ts';
import { nudgeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import { plantDefect } from '../chaos/plant-defect.ts';
import { startLimitedTemporal } from '../journeys/limited-temporal.ts';
import { commandsFor } from '../support/commands.ts';
import { endProcess, runBuiltProgram } from '../support/program.ts';
import { startWorld, until, type World } from '../support/world.ts';

let temporal: Awaited<ReturnType<typeof startLimitedTemporal>>;
let world: World;
let commands: ReturnType<typeof commandsFor>;

beforeAll(async () => {
  // A server of its own: the check of live histories reads those of all tenants.
  temporal = await startLimitedTemporal({});
  world = await startWorld({ temporal: temporal.address });
  commands = commandsFor(world);
}, 90_000);
afterAll(async () => {
  commands.release();
  await world.close();
  await temporal.stop();
});

async function endOf(result: Promise<unknown>) {
  const error: unknown = await result.then(
    () => null,
    (reason) => reason,
  );
  const { exitCode, message } = explainError(error);
  return { exitCode, message };
}

/** Workers of other tests may poll other queues of the server meanwhile. */
const silentWorker = () => ({
  exitCode: 69,
  message: expect.stringMatching(
    `^No worker answered on the task queue ${world.taskQueue}, and no worker polls it[:.] `,
  ),
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

test('a worker on another task queue names the one that tenants wait on', async () => {
  const { taskQueue, variables } = world;
  const lines: string[] = [];
  const own = { ...variables };
  Object.assign(variables, { TIMELY_SYNC_TASK_QUEUE: `other-${taskQueue}`, TIMELY_SYNC_LOG_LEVEL: 'warn' });
  const other = await world.startWorker((line) => void lines.push(line));
  Object.assign(variables, own);
  const queue = JSON.stringify({ queue: taskQueue, tenants: 1 }).slice(1, -1);
  await until('the warning', async () => lines.find((line) => line.includes(queue)) ?? null, 20_000);
  await endProcess(other);
  world.workers.delete(other);
}, 60_000);

test('a command with another task queue asks the one of the tenant, or says which one to set', async () => {
  const { client, tenant, taskQueue } = world;
  await world.startWorker();
  await world.start();
  process.env.TIMELY_SYNC_TASK_QUEUE = `another-${taskQueue}`;
  try {
    expect(await queryWorker(client, { about: 'findingCounts', tenant })).toBeDefined();
    const { exitCode, message } = await endOf(queryWorker(client, { about: 'tenants', after: 0 }, 1_000));
    expect(exitCode).toBe(69);
    expect(message).toMatch(
      new RegExp(
        `on the task queue another-${taskQueue}, and no worker polls it.*poll .*Set TIMELY_SYNC_TASK_QUEUE=`,
      ),
    );
  } finally {
    process.env.TIMELY_SYNC_TASK_QUEUE = taskQueue;
  }
}, 120_000);

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

test('a check of live histories passes on this release, and fails on one whose workflows do other things', async () => {
  const { tenant, variables } = world;
  const verify = async (program?: string) => {
    const { exitCode, out, err } = await runBuiltProgram(
      ['worker', '--verify-histories'],
      variables,
      program,
    );
    return { exitCode, out, err };
  };
  expect(await verify()).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('This release continues all'),
  });
  const other = plantDefect([
    {
      file: 'workflow-bundle.js',
      from: 'await runCycles(loop);',
      to: 'await new Promise((next) => setTimeout(next, 1)); await runCycles(loop);',
    },
  ]);
  const refused = await verify(other.program);
  other.remove();
  expect(refused.exitCode).toBe(1);
  expect(refused.out).toContain(`${tenantWorkflowId(tenant)}, run `);
  expect(refused.out).toContain('Do not roll it out');
}, 120_000);
