/**
 * A tenant's durable loop: one cycle per run. A run opens its cycle, reads both sides, plans, asks for approvals,
 * applies, reports, then waits (so that the open run in Temporal's UI shows the last cycle) and continues as new.
 * It never ends with an error: what it cannot heal it shows, and tries again with growing waits or when told.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  executeChild,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  setCurrentDetails,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { OpenCycleResult } from '../activities/open-cycle.ts';
import type { CycleCounts, Trouble } from '../domain/report.ts';
import { applyPlan } from './apply-plan.ts';
import { approval } from './approval.ts';
import { applyPlanWorkflowId, approvalWorkflowId, searchAttributes, withdrawSignal } from './messages.ts';
import { reading, storing, subscribing } from './steps.ts';
import { detailsOf } from './tenant-details.ts';
import { createTenantLoop, type TenantLoop, type TenantSyncInput } from './tenant-loop.ts';
import { troubleOf } from './trouble.ts';

/** Phases of a plan as the store numbers them, in words for Temporal's UI. */
const phaseTitles = ['removals', 'invitations, reinstatements and links', 'role changes', 'teams'];
/** Changes of one `applyPlan` child. */
const partSize = 250;
/** Requests whose workflows are started at the same time. */
const startsAtOnce = 100;
/** Between tries of a tenant in trouble: doubled from the first to the last. */
const troubleWaitFirstMs = 15_000;
const troubleWaitMaxMs = 3_600_000;

export async function tenantSync(input: TenantSyncInput): Promise<void> {
  const loop = createTenantLoop(input);
  await condition(() => loop.stopped || (loop.configured() && !loop.rests()));
  if (!loop.stopped) {
    const everyMs = await runCycle(loop);
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
  if (key === null) return waitInTrouble(loop);
  loop.begin(key);
  const trouble = await carryThrough(loop, key, undoes);
  loop.stage('reporting');
  const counts = await report(key, trouble);
  loop.finish(trouble);
  // What waits for an approval is looked at again when that has come.
  if (undoes !== null && !trouble && counts?.held === 0) loop.undone();
  show(loop, counts);
  return trouble ? waitInTrouble(loop) : key.everyMs;
}

async function openCycle(loop: TenantLoop, undoes: number | null): Promise<OpenCycleResult | null> {
  const { tenant } = loop.status;
  const { runId } = workflowInfo();
  const requests = loop.takeRequests();
  try {
    if (undoes !== null) return await storing.openUndo({ tenant, undoes, runId });
    return await storing.openCycle({ tenant, runId, ...requests });
  } catch (error) {
    loop.finish(troubleOf(error, 'store', tenant));
    show(loop, null);
    return null;
  }
}

/** Reads, plans, asks and applies. Answers what it could not get over, or null. An undo does not ask the directory. */
async function carryThrough(
  loop: TenantLoop,
  key: OpenCycleResult,
  undoes: number | null,
): Promise<Trouble | null> {
  loop.stage('reading');
  const keeping = key.subscriptions === 'due' ? keepSubscriptions(key, { stopping: false }) : null;
  const reads = await Promise.allSettled([
    undoes === null ? reading.readDirectory(key) : null,
    reading.readTimely(key),
  ]);
  await keeping;
  const [directory, timely] = reads;
  if (directory.status === 'rejected') return troubleOf(directory.reason, 'source', key.tenant);
  if (timely.status === 'rejected') return troubleOf(timely.reason, 'target', key.tenant);
  loop.stage('planning');
  try {
    const { planned, phases } =
      undoes === null
        ? await storing.makePlan(key)
        : { planned: true, ...(await storing.planUndo({ ...key, undoes })) };
    if (!planned) return null;
    await askForApprovals(key);
    return await applyPhases(loop, key, phases);
  } catch (error) {
    return troubleOf(error, 'store', key.tenant);
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
async function askForApprovals(key: OpenCycleResult): Promise<void> {
  const { tenant } = key;
  const { open, ended } = await storing.openApprovals(key);
  await Promise.all(ended.map((number) => withdraw(tenant, number)));
  for (let start = 0; start < open.length; start += startsAtOnce) {
    await Promise.all(open.slice(start, start + startsAtOnce).map((number) => ask(key, number)));
  }
  if (open.length > 0) await storing.noteAnnounced({ tenant, approvals: open });
}

async function ask({ tenant, configurationVersion }: OpenCycleResult, number: number): Promise<void> {
  await startChild(approval, {
    workflowId: approvalWorkflowId(tenant, number),
    parentClosePolicy: ParentClosePolicy.ABANDON,
    args: [{ tenant, approval: number, configurationVersion }],
  }).catch((error: unknown) => {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  });
}

/** Its workflow may have ended a moment ago by itself: then there is nobody to tell. */
async function withdraw(tenant: string, number: number): Promise<void> {
  await getExternalWorkflowHandle(approvalWorkflowId(tenant, number))
    .signal(withdrawSignal)
    .catch(() => undefined);
}

/** Phase after phase: removals, people, roles, teams; each in parts, one after the other. */
async function applyPhases(
  loop: TenantLoop,
  key: OpenCycleResult,
  phases: number[],
): Promise<Trouble | null> {
  loop.stage('applying');
  loop.progress(
    0,
    phases.reduce((sum, count) => sum + count, 0),
  );
  let trouble: Trouble | null = null;
  let batch = 0;
  for (const [phase, count] of phases.entries()) {
    if (count === 0) continue;
    for (let from: number | null = 0; from !== null; ) {
      batch += 1;
      const part = await applyPart(key, phase, from, batch);
      loop.progressBy(part.done + part.dropped + part.failed + part.held);
      trouble = part.trouble ?? trouble;
      if (part.stopped) return trouble;
      from = part.next;
    }
  }
  return trouble;
}

async function applyPart(key: OpenCycleResult, phase: number, from: number, batch: number) {
  const { tenant, cycle, configurationVersion } = key;
  return await executeChild(applyPlan, {
    workflowId: applyPlanWorkflowId(tenant, cycle, batch),
    staticSummary: phaseTitles[phase] ?? '',
    args: [{ tenant, cycle, configurationVersion, phase, from, limit: partSize }],
  });
}

async function report(key: OpenCycleResult, trouble: Trouble | null): Promise<CycleCounts | null> {
  try {
    return await storing.finishCycle({ tenant: key.tenant, cycle: key.cycle, trouble });
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

const waitInTrouble = (loop: TenantLoop) =>
  Math.min(troubleWaitFirstMs * 2 ** Math.max(loop.troubles() - 1, 0), troubleWaitMaxMs);

/** Until the time has come, or somebody asks for a cycle; a paused tenant waits for `resume`. */
async function waitForNext(loop: TenantLoop, delayMs: number): Promise<void> {
  const options = { summary: 'next cycle' };
  loop.waitUntil(new Date(Date.now() + delayMs).toISOString());
  const ended = await condition(() => loop.wanted(), delayMs, options);
  if (!ended && loop.status.undoing !== null && loop.status.trouble) loop.nudge();
  if (loop.rests()) await condition(() => !loop.rests());
}
