/**
 * Several worker processes on one Temporal server with a database file, or on the one at TEMPORAL_ADDRESS: one is killed in
 * the middle of a cycle; and one release takes over from another there.
 */
import { afterEach, expect, test } from '@jest/globals';
import { applyPlanWorkflowId } from '../../../workflows/messages.ts';
import { endProcess, stopProcess } from '../../support/program.ts';
import { slowWorlds, untilMiddle } from '../../support/slow-worlds.ts';
import { until, type World } from '../../support/world.ts';

const deploymentName = 'timely-sync';
const namespace = 'default';

const worlds = slowWorlds();
afterEach(worlds.closeAll);

/** 48 people are invited and one is taken back; nobody has two mails. */
function expectWholeCompany(world: World): void {
  const { state } = world.sandbox.timely;
  const mailed = state.mails.map(({ email }) => email);
  expect(new Set(mailed).size).toBe(mailed.length);
  expect(mailed.length).toBe(49);
}

test('of three workers one is killed in the middle of a cycle: the others do the rest', async () => {
  const world = await worlds.open(25);
  const [victim] = await Promise.all([world.startWorker(), world.startWorker(), world.startWorker()]);
  await world.configure();
  await untilMiddle(world);
  await endProcess(victim as NonNullable<typeof victim>);
  await world.untilCycle(0);
  expectWholeCompany(world);
}, 120_000);

/** Identities of those who took the workflow tasks of the part with the invitations, in order. */
async function buildsOf({ client, tenant }: World): Promise<string[]> {
  const { events } = await client.workflow.getHandle(applyPlanWorkflowId(tenant, 1, 1)).fetchHistory();
  const builds = (events ?? []).map(
    (event) => event.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId ?? '',
  );
  return [...new Set(builds.filter((build) => build !== ''))];
}

/** As `temporal worker deployment set-current-version` does; a version is known a moment after its worker polls. */
async function makeCurrent({ client }: World, buildId: string): Promise<void> {
  await until('the version to be current', async () => {
    await client.workflowService.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId });
    return true;
  });
}

test('another release takes over in the middle of a cycle, and the old workers end', async () => {
  // Temporal's queues learn of a new version in a second or two, on a busy machine in some more, while the cycle goes on.
  const world = await worlds.open(4);
  const [before, after] = [`${world.tenant}-before`, `${world.tenant}-after`];
  Object.assign(world.variables, { TIMELY_SYNC_BUILD_ID: before });
  const old = await world.startWorker();
  await makeCurrent(world, before);
  await world.configure();
  await untilMiddle(world);
  Object.assign(world.variables, { TIMELY_SYNC_BUILD_ID: after });
  await world.startWorker();
  await makeCurrent(world, after);
  await stopProcess(old, 'stop');
  world.workers.delete(old);
  await world.untilCycle(0);
  expectWholeCompany(world);
  expect(await buildsOf(world)).toEqual([before, after]);
}, 120_000);
