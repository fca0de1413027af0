/**
 * A tenant's durable loop: wait until a cycle is due or requested, run it, and so on. It never ends with an error: it shows
 * what it cannot resolve, and retries with growing waits or on request. A run ends with the wait after a cycle that did
 * something, so that the open run in Temporal's UI shows it. Cycles that found nothing share a run, and so do cycles that
 * are asked for: nobody waits for a new run.
 */
import {
  allHandlersFinished,
  CancelledFailure,
  condition,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { despiteCancel, endOrderly } from '../cancellation.ts';
import {
  configureUpdate,
  nudgeSignal,
  pauseSignal,
  provisionUpdate,
  requestCycleUpdate,
  resumeSignal,
  statusQuery,
  stopSignal,
  undoUpdate,
} from '../messages.ts';
import {
  continueOnCurrentRelease,
  lookingForRelease,
  looksForReleaseEveryMs,
  newRunWatch,
} from '../versioning.ts';
import { runCycle, updateSubscriptions } from './run-cycle.ts';
import { TenantLoop } from './tenant-loop.ts';
import type { TenantSyncInput } from './tenant-status.ts';
import { requireProvision, requireTenantFile, requireUndo, sourceOf } from './validate-messages.ts';

/** Cycles of one run. */
const cyclesMax = 20;

export async function tenantSync(input: TenantSyncInput): Promise<void> {
  const loop = new TenantLoop(input);
  setHandlers(loop);
  let cancelled: Promise<void> | null = null;
  const cancel = () => {
    cancelled = despiteCancel(() => loop.control.stop(null, 'cancelled in Temporal'))();
  };
  await endOrderly(cancel, async () => {
    await runCycles(loop);
    await condition(allHandlersFinished);
    await cancelled;
    // A `start` may have come after the stop.
    if (!loop.isStopped) await continueOnCurrentRelease<typeof tenantSync>(loop.carryOver());
    if (loop.isSubscribed) await updateSubscriptions(loop.status, { stopping: true });
  });
  if (cancelled) throw new CancelledFailure('Stopped by a cancellation.');
}

/** Until the loop is stopped, or its next cycle belongs into a new run. */
async function runCycles(loop: TenantLoop): Promise<void> {
  const isTimeForNewRun = newRunWatch();
  let didSomething = false;
  for (let cycle = 1; ; cycle += 1) {
    await untilDue(loop, isTimeForNewRun);
    const isOver = isTimeForNewRun() || cycle > cyclesMax || (didSomething && !loop.isNudged);
    if (loop.isStopped || isOver) return;
    const opening = `${workflowInfo().runId}/${cycle}`;
    didSomething = await loop.exclusively(() => runCycle(loop, opening));
  }
}

/** Until the next cycle is due or requested; a paused tenant waits for `resume`. No wait makes the history too long. */
async function untilDue(loop: TenantLoop, isTimeForNewRun: () => boolean): Promise<void> {
  const waitMs = loop.untilDueMs;
  if (waitMs > 0 && !loop.isInterrupted) {
    const summary = 'next cycle';
    const isInterrupted = await condition(() => loop.isInterrupted || isTimeForNewRun(), waitMs, { summary });
    const isFailedUndo = loop.status.undoing !== null && loop.status.cycleError !== null;
    if (!isInterrupted && isFailedUndo) await loop.requestCycle();
  }
  const mayGoOn = () => loop.isStopped || isTimeForNewRun() || (loop.isConfigured && !loop.isResting);
  while (!mayGoOn()) await condition(mayGoOn, looksForReleaseEveryMs, { summary: lookingForRelease });
}

/** Before the first await, so that no message arrives without its handler. */
function setHandlers(loop: TenantLoop): void {
  const { control } = loop;
  const by = '{"by": "…"} says who';
  setHandler(statusQuery, () => loop.status, { description: 'The state of the loop' });
  setHandler(
    nudgeSignal,
    despiteCancel((input) => loop.requestCycle(input).then(() => undefined)),
    { description: 'Run a cycle now; {"full": true} reads everything' },
  );
  setHandler(
    requestCycleUpdate,
    despiteCancel((input) => loop.requestCycle(input)),
    { description: 'As nudge; answers with the number after which that cycle comes' },
  );
  setHandler(
    pauseSignal,
    despiteCancel((input) => control.pause(sourceOf(input, 'signal'))),
    { description: `Run no further cycle until resume; ${by}` },
  );
  setHandler(
    resumeSignal,
    despiteCancel((input) => control.resume(sourceOf(input, 'signal'))),
    { description: `Go on after a pause or an undo; ${by}` },
  );
  setHandler(
    stopSignal,
    despiteCancel((input) => control.stop(sourceOf(input, 'signal'))),
    { description: `End the loop and leave Timely as it is; ${by}` },
  );
  setHandler(
    configureUpdate,
    despiteCancel((input) => loop.configure(input)),
    { validator: requireTenantFile, description: 'A new tenant file: {"file": …}' },
  );
  setHandler(
    provisionUpdate,
    despiteCancel((input) => loop.provision(input)),
    {
      validator: (input) => requireProvision(loop.status, input),
      description: 'Provision one person now: {"person": "e-mail address, name or object id"}',
    },
  );
  setHandler(
    undoUpdate,
    despiteCancel((request) => loop.undo(request)),
    {
      validator: (request) => requireUndo(loop.status.tenant, loop.undoThatProceeds, request),
      description: 'Undo a cycle and pause: {"cycle": 7, "by": "…"}',
    },
  );
}
