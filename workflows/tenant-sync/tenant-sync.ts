/**
 * A tenant's durable loop: one cycle a run. A run opens its cycle, reads both sides, plans, asks for approvals, applies and
 * reports. Then it waits, so that the open run in Temporal's UI shows the last cycle, and continues as new. It never ends
 * with an error: it shows what it cannot resolve, and retries with growing waits or on request.
 */
import { allHandlersFinished, condition, continueAsNew, setHandler } from '@temporalio/workflow';
import {
  configureUpdate,
  nudgeSignal,
  pauseSignal,
  provisionUpdate,
  resumeSignal,
  statusQuery,
  stopSignal,
  undoUpdate,
} from '../messages.ts';
import { runCycle, updateSubscriptions } from './run-cycle.ts';
import { TenantLoop } from './tenant-loop.ts';
import type { TenantSyncInput } from './tenant-status.ts';
import { requirePerson, requireTenantFile } from './validate-messages.ts';

export async function tenantSync(input: TenantSyncInput): Promise<void> {
  const loop = new TenantLoop(input);
  setHandlers(loop);
  await condition(() => loop.isStopped || (loop.isConfigured && !loop.isResting));
  if (!loop.isStopped) {
    const delayMs = await loop.exclusively(() => runCycle(loop));
    await waitForNext(loop, delayMs);
  }
  await condition(allHandlersFinished);
  if (loop.isStopped) {
    if (loop.isSubscribed) await updateSubscriptions(loop.status, { stopping: true });
    return;
  }
  await continueAsNew<typeof tenantSync>(loop.carryOver());
}

/** Before the first await, so that no message arrives without its handler. */
function setHandlers(loop: TenantLoop): void {
  setHandler(statusQuery, () => loop.status, { description: 'The state of the loop' });
  setHandler(nudgeSignal, (input) => loop.nudge(input), {
    description: 'Run a cycle now; {"full": true} reads everything',
  });
  setHandler(pauseSignal, () => loop.pause(), { description: 'Run no further cycle until resume' });
  setHandler(resumeSignal, () => loop.resume(), { description: 'Go on after a pause or an undo' });
  setHandler(stopSignal, () => loop.stop(), { description: 'End the loop and leave Timely as it is' });
  setHandler(configureUpdate, (input) => loop.configure(input), {
    validator: requireTenantFile,
    description: 'A new tenant file: {"file": …}',
  });
  setHandler(provisionUpdate, (input) => loop.provision(input), {
    validator: requirePerson,
    description: 'Provision one person now: {"person": "e-mail address, name or object id"}',
  });
  setHandler(undoUpdate, (request) => loop.undo(request), {
    validator: (request) => loop.validateUndo(request),
    description: 'Undo a cycle and pause: {"cycle": 7, "by": "…"}',
  });
}

/** Until the next cycle is due or requested; a paused tenant waits for `resume`. */
async function waitForNext(loop: TenantLoop, delayMs: number): Promise<void> {
  loop.waitUntil(new Date(Date.now() + delayMs).toISOString());
  const isInterrupted = await condition(() => loop.isInterrupted, delayMs, { summary: 'next cycle' });
  const isFailedUndo = loop.status.undoing !== null && loop.status.cycleError !== null;
  if (!isInterrupted && isFailedUndo) loop.nudge();
  if (loop.isResting) await condition(() => !loop.isResting);
}
