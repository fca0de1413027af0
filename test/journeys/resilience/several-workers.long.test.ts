/** Several worker processes on one Temporal server: one is killed, or asked to stop, in the middle of a cycle. */
import { afterEach, expect, test } from '@jest/globals';
import { tenantWorkflowId } from '../../../workflows/messages.ts';
import { endProcess, stopProcess } from '../../support/program.ts';
import { slowWorlds, untilMiddle } from '../../support/slow-worlds.ts';
import { until, type World } from '../../support/world.ts';

const worlds = slowWorlds();
afterEach(worlds.closeAll);

/** Expects 48 invitations, one reinstatement and no second mail. */
function expectWholeCompany(world: World): void {
  const { state } = world.sandbox.timely;
  const mailed = state.mails.map(({ email }) => email);
  expect(new Set(mailed).size).toBe(mailed.length);
  expect(mailed.length).toBe(49);
}

test('two workers finish the cycle when a third is killed in its middle', async () => {
  const world = await worlds.open(25);
  const [victim] = await Promise.all([world.startWorker(), world.startWorker(), world.startWorker()]);
  await world.configure();
  await untilMiddle(world);
  await endProcess(victim as NonNullable<typeof victim>);
  await world.untilCycle(0);
  expectWholeCompany(world);
}, 120_000);

test('a worker that is asked to stop ends within ten seconds while no service answers, and another goes on', async () => {
  const world = await worlds.open(25);
  const { microsoft, timely } = world.sandbox;
  for (const { faults } of [microsoft, timely]) faults.set('latency', { milliseconds: 600_000 });
  const first = await world.startWorker();
  await world.configure();
  const loop = world.client.workflow.getHandle(tenantWorkflowId(world.tenant));
  await until('both reads to run', async () => {
    const { raw } = await loop.describe();
    const running = (raw.pendingActivities ?? []).filter(({ lastHeartbeatTime }) => lastHeartbeatTime);
    return running.length === 2 || null;
  });
  const beganMs = performance.now();
  await stopProcess(first, 'stop');
  expect(performance.now() - beganMs).toBeLessThan(10_000);
  for (const { faults } of [microsoft, timely]) faults.clear();
  await world.startWorker();
  await world.untilCycle(0);
  expectWholeCompany(world);
}, 120_000);
