/**
 * Two releases under load: the second one, whose workflows do other things, takes over and is rolled back. Runs end on the
 * release that they began on, so no workflow task fails.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import proto from '@temporalio/proto';
import type { Verification } from '../../../client/local/worker-entry.ts';
import { nudgeSignal, refreshSignal, tenantWorkflowId } from '../../../workflows/messages.ts';
import { plantDefect } from '../../chaos/plant-defect.ts';
import { runBuiltProgram, stopProcess } from '../../support/program.ts';
import { startWorld, until, type World } from '../../support/world.ts';

const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;
const deploymentName = 'timely-sync';
const namespace = 'default';

/** A timer first: a run that began without it cannot go on with it. */
const waitFirst = 'await new Promise((next) => setTimeout(next, 1));';
const file = 'workflow-bundle.js';

let world: World;
let next: ReturnType<typeof plantDefect>;

beforeAll(async () => {
  mkdirSync(join(import.meta.dirname, '..', '..', '..', '.cache'), { recursive: true });
  next = plantDefect([
    { file, from: 'const run = new BatchRun(batch);', to: `const run = new BatchRun(batch); ${waitFirst}` },
    { file, from: 'await runCycles(loop);', to: `${waitFirst} await runCycles(loop);` },
  ]);
  world = await startWorld({
    editFile: (text) =>
      text.replace('requestsPerSecond: 50', 'requestsPerSecond: 12').replace('{ max: 100 }', '{ max: 1000 }'),
  });
  world.sandbox.timely.state.account.seats = 1_000;
}, 60_000);
afterAll(async () => {
  await world.close();
  next.remove();
});

/** Like `temporal worker deployment set-current-version`. Temporal knows a version a moment after its worker polls. */
async function makeCurrent(buildId: string): Promise<void> {
  await until('the version to be current', async () => {
    await world.client.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName,
      buildId,
    });
    return true;
  });
}

async function startRelease(buildId: string, program?: string) {
  Object.assign(world.variables, { TIMELY_SYNC_BUILD_ID: buildId });
  return await world.startWorker(undefined, program);
}

function join26(family: string): string[] {
  return [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => {
    world.sandbox.microsoft.state.join({ displayName: `P${letter} ${family}`, groups: ['Timely Users'] });
    return `p${letter}.${family.toLowerCase()}@contoso.example`;
  });
}

const areThere = (people: readonly string[], atLeast: number) =>
  until(`${atLeast} of them in Timely`, async () =>
    people.filter((email) => world.present().includes(email)).length >= atLeast ? true : null,
  );

/** Whether a release has no open runs of this tenant left: its workers may end. */
const untilDrained = (buildId: string) =>
  until(`no open run on ${buildId}`, async () => {
    // What waits goes over at its next step: a cycle that is due, or the look for a new release.
    for await (const { workflowId, type } of openRuns(buildId)) {
      const handle = world.client.workflow.getHandle(workflowId);
      if (type === 'approval') await handle.signal(refreshSignal).catch(() => undefined);
      if (type === 'tenantSync') await handle.signal(nudgeSignal);
    }
    const { count } = await world.client.workflow.count(queryOf(buildId));
    return count === 0 ? true : null;
  });
const queryOf = (buildId: string) =>
  `TemporalWorkerDeploymentVersion = '${deploymentName}:${buildId}' AND ExecutionStatus = 'Running'`;
const openRuns = (buildId: string) => world.client.workflow.list({ query: queryOf(buildId) });

/** Why workflow tasks failed, in all runs of the world. */
async function failuresOfTasks(): Promise<string[]> {
  const query = `TaskQueue = '${world.taskQueue}'`;
  const causes: string[] = [];
  for await (const { workflowId, runId } of world.client.workflow.list({ query })) {
    const { events } = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { workflowTaskFailedEventAttributes: failed } of events ?? [])
      if (failed) causes.push(WorkflowTaskFailedCause[failed.cause ?? 0] ?? '');
  }
  return causes;
}

/** A message came while the run was ending: Temporal has the task done again with it. */
const benign = 'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND';

test('a release takes over under load, and is rolled back under load', async () => {
  const [first, second] = [`${world.tenant}-1`, `${world.tenant}-2`];
  const loop = world.client.workflow.getHandle(tenantWorkflowId(world.tenant));
  const old = await startRelease(first);
  await makeCurrent(first);
  await world.start(120_000);

  const before = join26('Before');
  await loop.signal(nudgeSignal);
  await areThere(before, 3);
  const newer = await startRelease(second, next.program);
  await makeCurrent(second);
  await areThere(before, before.length);
  await untilDrained(first);
  await stopProcess(old, 'stop');
  world.workers.delete(old);

  const between = join26('Between');
  await loop.signal(nudgeSignal);
  await areThere(between, 3);
  await startRelease(first);
  await makeCurrent(first);
  await areThere(between, between.length);
  await untilDrained(second);
  await stopProcess(newer, 'stop');
  world.workers.delete(newer);

  const after = join26('After');
  await loop.signal(nudgeSignal);
  await areThere(after, after.length);
  const mailed = world.sandbox.timely.state.mails.map(({ email }) => email);
  expect(new Set(mailed).size).toBe(mailed.length);
  expect((await failuresOfTasks()).filter((cause) => cause !== benign)).toEqual([]);
}, 380_000);

test('a check of live histories tells runs that stay on their release from runs that would stand still', async () => {
  const words = ['worker', '--verify-histories', '--json'];
  const { exitCode, out } = await runBuiltProgram(words, world.variables, next.program);
  const { failures }: Verification = JSON.parse(out);
  const loop = failures.find(({ workflowId }) => workflowId === tenantWorkflowId(world.tenant));
  expect([exitCode, loop]).toEqual([
    expect.any(Number),
    expect.objectContaining({
      isPinned: true,
      message: expect.stringMatching(/TMPRL1100|[Nn]ondeterminism/),
    }),
  ]);
}, 120_000);
