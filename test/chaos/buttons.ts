/** What operators do in Temporal's UI and by command, while a cycle, an undo or a request is on its way. */
import type { CycleReport } from '../../domain/contract/report.ts';
import {
  pauseSignal,
  resumeSignal,
  stopSignal,
  tenantWorkflowId,
  undoUpdate,
} from '../../workflows/messages.ts';
import { ask } from '../support/ask.ts';
import { until, type World } from '../support/world.ts';

export const buttons = [
  'terminate',
  'reset',
  'cancel',
  'reset a workflow of the past',
  'pause',
  'stop',
  'undo',
  'start',
  'end the requests',
] as const;
export type Button = (typeof buttons)[number];

/** Workflow tasks, runs and workflows are chosen by it. */
export type Choose = <Item>(items: readonly Item[]) => Item | undefined;

const withinMs = 120_000;

/** Presses a button, and what undoes it again: the tenant works afterwards. Returns the cycle that was taken back. */
export async function press(world: World, button: Button, choose: Choose): Promise<number | null> {
  const loop = world.client.workflow.getHandle(tenantWorkflowId(world.tenant));
  switch (button) {
    case 'terminate':
      await loop.terminate('chaos');
      await world.configure();
      return null;
    case 'cancel':
      await loop.cancel();
      await loop.result().catch(() => undefined);
      await world.configure();
      return null;
    case 'stop':
      await loop.signal(stopSignal);
      await loop.result();
      await world.configure();
      return null;
    case 'start':
      await world.configure();
      return null;
    case 'pause':
      await loop.signal(pauseSignal);
      await until('the pause', async () => (await world.status()).stage === 'paused' || null, withinMs);
      await loop.signal(resumeSignal);
      return null;
    case 'reset':
      await resetSomewhere(world, tenantWorkflowId(world.tenant), (await loop.describe()).runId, choose);
      return null;
    case 'reset a workflow of the past':
      await resetPast(world, choose);
      return null;
    case 'undo':
      return await undoAndResume(world);
    case 'end the requests':
      await endRequests(world, choose);
      return null;
  }
}

async function resetSomewhere(world: World, workflowId: string, runId: string, choose: Choose) {
  const { events } = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  const task = choose(tasks);
  if (!task) return;
  await world.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    reason: 'chaos',
    workflowTaskFinishEventId: task.eventId ?? null,
    requestId: `${runId}/${task.eventId}/${Math.random()}`,
  });
}

/** Any run of any workflow of the tenant, but for the open one of its loop. */
async function resetPast(world: World, choose: Choose): Promise<void> {
  const query = `WorkflowId STARTS_WITH '${tenantWorkflowId(world.tenant)}' AND ExecutionStatus != 'Running'`;
  const past: { workflowId: string; runId: string }[] = [];
  for await (const { workflowId, runId } of world.client.workflow.list({ query }))
    past.push({ workflowId, runId });
  const one = choose(past);
  if (one) await resetSomewhere(world, one.workflowId, one.runId, choose);
}

/** Undoes the last cycle that did something, and resumes the tenant once the undo is over, or waits for approvals alone. */
async function undoAndResume(world: World): Promise<number | null> {
  const loop = world.client.workflow.getHandle(tenantWorkflowId(world.tenant));
  const query = { about: 'cycles', tenant: world.tenant, limit: 20 } as const;
  const cycles = await ask<CycleReport[]>(world.client, world.taskQueue, query);
  const last = cycles.find(
    ({ counts, kind, finishedAt }) => finishedAt !== null && kind !== 'undo' && counts.invited > 0,
  );
  if (!last) return null;
  const request = { cycle: last.number, by: 'chaos' };
  const before = await world.status();
  const isAccepted = await loop.executeUpdate(undoUpdate, { args: [request] }).then(
    () => true,
    () => false,
  );
  if (!isAccepted) return null;
  await until(
    'the end of the undo',
    async () => {
      const { undoing, stage, cycle, finishedCycle, cycleError } = await world.status();
      const waits = stage === 'paused' && cycle === finishedCycle && cycle > before.cycle;
      return undoing === null || (waits && cycleError === null) || null;
    },
    withinMs,
  );
  await loop.signal(resumeSignal);
  return last.number;
}

async function endRequests(world: World, choose: Choose): Promise<void> {
  for (const { id } of await world.approvals()) {
    const handle = world.client.workflow.getHandle(`tenant/${id.replace('/', '/approval/')}`);
    const how = choose(['cancel', 'terminate', 'reset'] as const);
    const { runId, workflowId } = await handle.describe();
    if (how === 'cancel') await handle.cancel().catch(() => undefined);
    else if (how === 'terminate') await handle.terminate('chaos').catch(() => undefined);
    else await resetSomewhere(world, workflowId, runId, choose).catch(() => undefined);
  }
}
