/**
 * A tenant's durable loop: one cycle per run. A run opens its cycle, reads both sides, plans, asks for approvals,
 * applies, reports, then waits (so that the open run in Temporal's UI shows the last cycle) and continues as new.
 * It never ends with an error: what it cannot heal it shows, and tries again with growing waits or when told.
 */

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  type ChildWorkflowHandle,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  setCurrentDetails,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { FinishedCycle } from '../../activities/cycle/finish-cycle.ts';
import type { OpenCycleResult } from '../../activities/cycle/open-cycle.ts';
import type { CycleCounts, CycleError } from '../../domain/contract/report.ts';
import { phases, removalPhase } from '../../domain/plan/phases.ts';
import { reading, storing, subscribing } from '../activity-proxies.ts';
import { approval } from '../approval/approval.ts';
import { cycleErrorOf } from '../failures.ts';
import {
  applyPlanWorkflowId,
  approvalWorkflowId,
  refreshSignal,
  searchAttributes,
  yieldSignal,
} from '../messages.ts';
import { notifyChannels, startNotifications } from '../notifications/start-notifications.ts';
import { type ApplyPlanResult, applyPlan } from './apply-plan.ts';
import { detailsOf } from './tenant-details.ts';
import { createTenantLoop, type TenantLoop, type TenantSyncInput } from './tenant-loop.ts';

/** Changes of one `applyPlan` child. */
const batchSize = 250;
/** Requests whose workflows are started at the same time. */
const startsAtOnce = 100;
/** Between tries of a tenant in trouble: doubled from the first to the last. */
const retryWaitFirstMs = 15_000;
const retryWaitMaxMs = 3_600_000;

export async function tenantSync(input: TenantSyncInput): Promise<void> {
  const loop = createTenantLoop(input);
  await condition(() => loop.stopped || (loop.configured() && !loop.rests()));
  if (!loop.stopped) {
    const everyMs = await loop.duringCycle(() => runCycle(loop));
    await waitForNext(loop, everyMs);
  }
  await condition(allHandlersFinished);
  if (loop.stopped) {
    if (loop.subscribed()) await keepSubscriptions(loop.status, { stopping: true });
    return;
  }
  await continueAsNew<typeof tenantSync>(loop.carriedOver());
}

/** One cycle from opening to report. Answers how long to wait for the next. */
async function runCycle(loop: TenantLoop): Promise<number> {
  const undoes = loop.status.undoing;
  const key = await openCycle(loop, undoes);
  if (key === null) {
    await startNotifications(loop.status.tenant);
    return waitAfterFailure(loop);
  }
  loop.begin(key);
  const { cycleError, yielded } = await carryThrough(loop, key, undoes);
  loop.stage('reporting');
  const finished = await report(key, cycleError, yielded);
  // What waits for an approval is looked at again when that has come.
  if (undoes !== null && !cycleError && finished?.counts.held === 0) loop.undone();
  loop.finish(cycleError);
  show(loop, finished?.counts ?? null);
  await notifyChannels(key.tenant, finished?.channels ?? []);
  return cycleError ? waitAfterFailure(loop) : key.everyMs;
}

async function openCycle(loop: TenantLoop, undoes: number | null): Promise<OpenCycleResult | null> {
  const { tenant } = loop.status;
  const { runId } = workflowInfo();
  const requests = loop.takeRequests();
  try {
    if (undoes !== null) return await storing.openUndo({ tenant, undoes, runId });
    return await storing.openCycle({ tenant, runId, ...requests });
  } catch (error) {
    loop.finish(cycleErrorOf(error, 'store', tenant));
    show(loop, null);
    return null;
  }
}

/** How a cycle came out: what it could not get over, and whether it left changes to the next one. */
interface Outcome {
  cycleError: CycleError | null;
  yielded: boolean;
}

const ended = (cycleError: CycleError | null): Outcome => ({ cycleError, yielded: false });

/** Reads, plans, asks and applies. An undo does not ask the directory. */
async function carryThrough(loop: TenantLoop, key: OpenCycleResult, undoes: number | null): Promise<Outcome> {
  const beganMs = Date.now();
  loop.stage('reading');
  const keeping = key.subscriptions === 'due' ? keepSubscriptions(key, { stopping: false }) : null;
  const reads = await Promise.allSettled([
    undoes === null ? reading.readDirectory(key) : null,
    reading.readTimely(key),
  ]);
  await keeping;
  const [directory, timely] = reads;
  if (directory.status === 'rejected') return ended(cycleErrorOf(directory.reason, 'source', key.tenant));
  if (timely.status === 'rejected') return ended(cycleErrorOf(timely.reason, 'target', key.tenant));
  loop.stage('planning');
  try {
    const { planned, phases } =
      undoes === null
        ? await storing.makePlan(key)
        : { planned: true, ...(await storing.planUndo({ ...key, undoes })) };
    if (!planned) return ended(null);
    await requestApprovals(key);
    return await applyPhases(loop, key, phases, Date.now() - beganMs);
  } catch (error) {
    return ended(cycleErrorOf(error, 'store', key.tenant));
  }
}

/** Never in the way of a cycle or of the end: without notifications there is polling. */
async function keepSubscriptions(
  { tenant, configurationVersion }: { tenant: string; configurationVersion: number },
  { stopping }: { stopping: boolean },
): Promise<void> {
  await subscribing
    .keepSubscriptions({ tenant, configurationVersion, stopping })
    .catch((error: unknown) =>
      log.warn('change notifications could not be seen to', { reason: String(error) }),
    );
}

/** Starts a workflow for each new request, and tells those whose cause is gone. */
async function requestApprovals(key: OpenCycleResult): Promise<void> {
  const { tenant } = key;
  const { open, ended } = await storing.openApprovals(key);
  await Promise.all(ended.map((number) => refreshApproval(tenant, number)));
  for (let start = 0; start < open.length; start += startsAtOnce) {
    await Promise.all(open.slice(start, start + startsAtOnce).map((number) => requestApproval(key, number)));
  }
  if (open.length + ended.length > 0)
    await storing.recordAnnounced({ tenant, approvals: [...open, ...ended] });
  if (open.length > 0) await startNotifications(tenant);
}

async function requestApproval(
  { tenant, configurationVersion }: OpenCycleResult,
  number: number,
): Promise<void> {
  await startChild(approval, {
    workflowId: approvalWorkflowId(tenant, number),
    parentClosePolicy: ParentClosePolicy.ABANDON,
    args: [{ tenant, approval: number, configurationVersion }],
  }).catch((error: unknown) => {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return refreshApproval(tenant, number);
  });
}

/** Its workflow may have ended a moment ago by itself: then there is nobody to tell. */
async function refreshApproval(tenant: string, number: number): Promise<void> {
  await getExternalWorkflowHandle(approvalWorkflowId(tenant, number))
    .signal(refreshSignal)
    .catch(() => undefined);
}

/**
 * Phase after phase (domain/plan/phases.ts), each in parts, one after the other. Whoever wants another cycle gets it before the
 * invitations are through (`yieldWhenWanted`); removals are left off only by a pause and by the end, and so is an undo, which
 * would otherwise stop half-way.
 */
async function applyPhases(
  loop: TenantLoop,
  key: OpenCycleResult,
  phases: number[],
  preparedMs: number,
): Promise<Outcome> {
  loop.stage('applying');
  const mayYieldAtMs = Date.now() + preparedMs;
  loop.progress(
    0,
    phases.reduce((sum, count) => sum + count, 0),
  );
  let cycleError: CycleError | null = null;
  let batch = 0;
  for (const [phase, count] of phases.entries()) {
    if (count === 0) continue;
    for (let from: number | null = 0; from !== null; ) {
      if (loop.ending()) return { cycleError, yielded: true };
      batch += 1;
      const running = await startBatch(key, phase, from, batch);
      const isWanted = phase === removalPhase || loop.takesBack() ? loop.ending : loop.wanted;
      const part = await yieldWhenWanted(loop, running, { isWanted, mayYieldAtMs });
      loop.progressBy(part.done + part.dropped + part.failed + part.held);
      cycleError = part.cycleError ?? cycleError;
      if (part.stopped) return { cycleError, yielded: part.yielded };
      from = part.next;
    }
  }
  return ended(cycleError);
}

async function startBatch(key: OpenCycleResult, phase: number, from: number, batch: number) {
  const { tenant, cycle, configurationVersion } = key;
  return await startChild(applyPlan, {
    workflowId: applyPlanWorkflowId(tenant, cycle, batch),
    staticSummary: phases[phase]?.title ?? '',
    args: [{ tenant, cycle, configurationVersion, phase, from, limit: batchSize }],
  });
}

/**
 * Waits for a part, and tells it to begin no further change once somebody wants a cycle: a leaver is not to wait behind
 * 10,000 invitations. So that a stream of nudges cannot keep a tenant from getting on, a cycle applies for at least as
 * long as it took to read and plan; a pause and the end wait for nothing.
 */
async function yieldWhenWanted(
  loop: TenantLoop,
  part: ChildWorkflowHandle<typeof applyPlan>,
  { isWanted, mayYieldAtMs }: { isWanted: () => boolean; mayYieldAtMs: number },
): Promise<ApplyPlanResult> {
  let isOver = false;
  const result = part.result().finally(() => {
    isOver = true;
  });
  const yielding = async () => {
    await condition(() => isOver || isWanted());
    const waitMs = Math.max(mayYieldAtMs - Date.now(), 1);
    if (!isOver) await condition(() => isOver || loop.ending(), waitMs, { summary: 'before it yields' });
    // It may have ended a moment ago by itself.
    if (!isOver) await part.signal(yieldSignal).catch(() => undefined);
  };
  const [applied] = await Promise.all([result, yielding()]);
  return applied;
}

async function report(
  key: OpenCycleResult,
  cycleError: CycleError | null,
  yielded: boolean,
): Promise<FinishedCycle | null> {
  try {
    return await storing.finishCycle({ tenant: key.tenant, cycle: key.cycle, cycleError, yielded });
  } catch {
    // The store is away; the next cycle reports on what it finds. The loop goes on.
    return null;
  }
}

function show(loop: TenantLoop, counts: CycleCounts | null): void {
  setCurrentDetails(detailsOf(loop.status, counts));
  upsertSearchAttributes([
    { key: searchAttributes.health, value: loop.status.health },
    { key: searchAttributes.held, value: counts?.held ?? 0 },
    { key: searchAttributes.failed, value: counts?.failed ?? 0 },
  ]);
}

const waitAfterFailure = (loop: TenantLoop) =>
  Math.min(retryWaitFirstMs * 2 ** Math.max(loop.consecutiveFailures() - 1, 0), retryWaitMaxMs);

/** Until the time has come, or somebody asks for a cycle; a paused tenant waits for `resume`. */
async function waitForNext(loop: TenantLoop, delayMs: number): Promise<void> {
  const options = { summary: 'next cycle' };
  loop.waitUntil(new Date(Date.now() + delayMs).toISOString());
  const ended = await condition(() => loop.wanted(), delayMs, options);
  if (!ended && loop.status.undoing !== null && loop.status.cycleError) loop.nudge();
  if (loop.rests()) await condition(() => !loop.rests());
}
