/**
 * Temporal's buttons for workflows of the past: a reset of every kind of workflow at several points, requests whose workflows
 * are ended, and a loop that cannot go on. The server takes few children and signals at once.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import type { CycleReport } from '../../../domain/contract/report.ts';
import {
  applyPlanWorkflowId,
  decideUpdate,
  provisionUpdate,
  provisionWorkflowId,
  stopSignal,
  tenantWorkflowId,
} from '../../../workflows/messages.ts';
import { ask } from '../../support/ask.ts';
import { runBuiltProgram } from '../../support/program.ts';
import { startWorld, until, type World } from '../../support/world.ts';
import { startLimitedTemporal } from '../limited-temporal.ts';

const childrenMax = 3;
const decides = { decision: 'approve', by: 'it-lead@contoso.example' } as const;

let temporal: Awaited<ReturnType<typeof startLimitedTemporal>>;
let world: World;
const logged: string[] = [];

beforeAll(async () => {
  temporal = await startLimitedTemporal({
    'limit.numPendingChildExecutions.error': childrenMax,
    'limit.numPendingSignals.error': childrenMax,
    'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': 2,
  });
  const postgres = process.env.TEST_POSTGRES_URL ?? '';
  world = await startWorld({ servers: { temporal: temporal.address, postgres } });
  world.variables.TIMELY_SYNC_LOG_LEVEL = 'warn';
  await world.startWorker((line) => logged.push(line));
  await world.start();
}, 120_000);
afterAll(async () => {
  await world.close();
  await temporal.stop();
});

const command = (...words: string[]) => runBuiltProgram(words, world.variables);
const handleOf = (workflowId: string) => world.client.workflow.getHandle(workflowId);
const isRunning = async (id: string) => (await world.approvalHandle(id).describe()).status.name === 'RUNNING';

/** The workflow tasks of a run that are done, thinned out to some of them. */
async function tasksOf(workflowId: string, runId: string, count: number): Promise<string[]> {
  const { events } = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const ids = (events ?? [])
    .filter((event) => event.workflowTaskCompletedEventAttributes)
    .map(({ eventId }) => String(eventId));
  const step = Math.max(Math.ceil(ids.length / count), 1);
  return ids.filter((_id, index) => index % step === 0);
}

async function reset(workflowId: string, runId: string, task: string): Promise<void> {
  await world.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    reason: 'a test',
    workflowTaskFinishEventId: Number(task) as never,
    requestId: `${workflowId}/${runId}/${task}`,
  });
}

/** Resets a run at some of its workflow tasks, and lets each new run come to its end or to a cycle of its own. */
async function resetEach(workflowId: string, runId: string, settle: () => Promise<unknown>, count = 4) {
  const tasks = await tasksOf(workflowId, runId, count);
  expect(tasks.length).toBeGreaterThan(0);
  for (const task of tasks) {
    await reset(workflowId, runId, task);
    await settle();
  }
}

/** Changes of cycles that have ended which reports show as planned. */
async function plannedInPast(): Promise<unknown[]> {
  const client = new Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select cycle, changes.kind from changes join cycles on cycles.tenant = changes.tenant and number = cycle
       where changes.tenant = $1 and status = 'planned' and finished_at is not null`,
      [world.tenant],
    );
    return rows;
  } finally {
    await client.end();
  }
}

test('more requests than the server takes children have a workflow each', async () => {
  const requests = await world.approvals();
  expect(requests.length).toBeGreaterThan(childrenMax);
  for (const { id } of requests) expect(await isRunning(id)).toBe(true);
});

test('a reset of any run of the past invites nobody again, and lets nobody in who has left', async () => {
  const { microsoft, timely } = world.sandbox;
  const invited = world.writes().filter(({ operation }) => operation === 'users.invite');
  const [leaver = '', stays = ''] = invited.slice(-2).map(({ subject }) => subject ?? '');
  const loop = tenantWorkflowId(world.tenant);
  const reported: CycleReport[] = await ask(world.client, world.taskQueue, {
    about: 'cycles',
    tenant: world.tenant,
    limit: 9,
  });
  const first = reported.at(-1)?.number ?? 1;
  const firstRun = (await handleOf(applyPlanWorkflowId(world.tenant, first, 1)).describe()).raw;
  const parent = firstRun.workflowExecutionInfo?.parentExecution?.runId ?? '';
  await handleOf(loop).executeUpdate(provisionUpdate, {
    args: [{ person: stays, id: 'p' }],
  });
  await world.cycle();
  const left = microsoft.state.objects.users.find(({ properties }) => properties.mail === leaver);
  microsoft.state.leave(String(left?.properties.displayName));
  await world.cycle();
  const present = world.present();
  expect(present).not.toContain(leaver);
  const mails = timely.state.mails.length;

  const untilNextCycle = async () => {
    const { finishedCycle } = await until('the reset run', async () => await world.status());
    await until('a cycle of the reset run', async () => {
      const status = await world.status();
      return (status.stage === 'waiting' && status.finishedCycle >= finishedCycle) || null;
    });
    await world.cycle();
  };
  await resetEach(loop, parent, untilNextCycle, 6);
  for (const workflowId of [
    applyPlanWorkflowId(world.tenant, first, 1),
    provisionWorkflowId(world.tenant, 'p'),
  ]) {
    const { runId } = await handleOf(workflowId).describe();
    const settle = () =>
      handleOf(workflowId)
        .result()
        .catch(() => undefined);
    await resetEach(workflowId, runId, settle);
  }
  await world.cycle({ full: true });
  expect(world.present()).toEqual(present);
  expect(timely.state.mails.length).toBe(mails);
  for (const email of present) expect(timely.state.mailsTo(email)).toBeLessThanOrEqual(1);
  expect(await plannedInPast()).toEqual([]);
}, 240_000);

test('a request whose workflow was cancelled or terminated stays open, and the next cycle starts it again', async () => {
  const [one, other] = await world.approvals();
  if (!one || !other) throw new Error('Two requests have to be open.');
  await world.approvalHandle(one.id).cancel();
  await expect(world.approvalHandle(one.id).result()).rejects.toMatchObject({
    cause: { name: 'CancelledFailure' },
  });
  const { currentDetails } = Object(await world.approvalHandle(one.id).query('__temporal_workflow_metadata'));
  expect(currentDetails).toContain('no decision');
  await world.approvalHandle(other.id).terminate('a test');
  expect((await world.approvals()).map(({ id }) => id)).toEqual(expect.arrayContaining([one.id, other.id]));
  await world.cycle();
  for (const { id } of [one, other])
    await until(`the workflow of ${id}`, async () => (await isRunning(id)) || null);
});

test('an answer starts the workflow of its request again, also while the tenant is stopped', async () => {
  const request = await world.approvalOf('henrik.lund@contoso.example');
  await handleOf(tenantWorkflowId(world.tenant)).signal(stopSignal);
  await handleOf(tenantWorkflowId(world.tenant)).result();
  await world.approvalHandle(request.id).terminate('a test');
  const { exitCode, out } = await command('approvals', 'approve', request.id, '--by', decides.by, '--yes');
  expect([exitCode, out]).toEqual([0, expect.stringContaining('1 change approved')]);
  const again = await command('approvals', 'approve', request.id, '--by', decides.by, '--yes');
  expect(again.err).toContain('has ended: approved');
  await expect(
    world.approvalHandle(request.id).executeUpdate(decideUpdate, { args: [decides] }),
  ).rejects.toThrow();
  await world.start();
  await until('Henrik', async () => world.present().includes('henrik.lund@contoso.example') || null);
});

test('status says why a loop does not go on, and the log of the worker has it', async () => {
  const tenant = `${world.tenant}-stuck`;
  await world.client.workflow.start('tenantSyncOfAnotherRelease', {
    workflowId: tenantWorkflowId(tenant),
    taskQueue: world.taskQueue,
  });
  const said = await until('the reason', async () => {
    const { out } = await command('status', tenant);
    return out.includes('stuck since') ? out : null;
  });
  expect(said).toContain('tenantSyncOfAnotherRelease');
  await until(
    'a line of the log',
    async () => logged.some((line) => line.includes('tenantSyncOfAnotherRelease')) || null,
  );
  const { exitCode } = await command('status');
  expect(exitCode).not.toBe(69);
  await handleOf(tenantWorkflowId(tenant)).terminate('a test');
}, 90_000);
