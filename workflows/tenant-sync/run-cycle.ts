/** One cycle of a tenant's loop, from opening to report. */
import { condition, log } from '@temporalio/workflow';
import type { BegunCycle, ReadSide } from '../../activities/cycle/begin-cycle.ts';
import type { FinishedCycle } from '../../activities/cycle/finish-cycle.ts';
import type { OpenCycleResult } from '../../activities/cycle/open-cycle.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import { jittered } from '../../domain/jitter.ts';
import {
  beginCycle,
  finishCycle,
  keepSubscriptions,
  makePlan,
  notifyDueChannels,
  openApprovals,
  planUndo,
  readDirectory,
  readTimely,
} from '../activity-proxies.ts';
import { cycleErrorOf, isSuperseded, type Side } from '../failures.ts';
import { type ApplyPhasesResult, applyPhases, type PlannedPhases } from './apply-phases.ts';
import type { TenantLoop } from './tenant-loop.ts';

/** Waits after failed cycles: doubled from the first to the longest. */
const retryWaitFirstMs = 15_000;
const retryWaitMaxMs = 3_600_000;
/** How long the first changes of a plan go before its approvals. */
const askAfterMs = 1_000;
/** Until teams are planned that a removal went before: the next leaver of a few goes before them too. */
const teamsAfterMs = 2_000;

interface CycleResult extends ApplyPhasesResult {
  /** Teams are left to the next cycle, which comes soon. */
  teamsWait: boolean;
}

/** Runs one cycle. Returns false when it found nothing to do, or could not begin because of a pause or a stop. */
export async function runCycle(loop: TenantLoop, opening: string): Promise<boolean> {
  const beganMs = Date.now();
  const begun = await begin(loop, opening);
  if (begun === null) {
    await wakeChannels(loop.status.tenant);
    return true;
  }
  const { key, unread, idle } = begun;
  if (key === null) return false;
  const subscriptionsUpdated =
    key.subscriptions === 'due' ? updateSubscriptions(key, { stopping: false }) : null;
  const {
    cycleError,
    yielded,
    isSuperseded: isLate,
    teamsWait,
  } = idle ? applyNothing(null) : await readPlanAndApply(loop, key, unread, beganMs);
  await subscriptionsUpdated;
  if (isLate) {
    log.warn('this cycle may no longer write, so a new one begins', { cycle: key.cycle });
    loop.cycleSuperseded();
    return true;
  }
  const finished = idle ?? (await finish(loop, key, cycleError, yielded));
  // An undo reads nothing of the directory.
  const kind = key.undoes === null ? key.kind : 'incremental';
  loop.cycleEnded({ cycleError, finished, ended: { cycle: key.cycle, kind, yielded } });
  const waitMs = teamsWait ? Math.min(teamsAfterMs, key.waitMs) : key.waitMs;
  loop.waitFor(cycleError ? waitAfterFailure(loop) : waitMs);
  return idle === null;
}

/** Returns null when the store does not answer, and no key when it knows of a pause or a stop. */
async function begin(loop: TenantLoop, opening: string): Promise<BegunCycle | null> {
  const { tenant } = loop.status;
  const fresh = loop.status.cycle === 0;
  await loop.control.written();
  loop.cycleBegins();
  try {
    const begun = await loop.control.heed(() => beginCycle({ tenant, opening, fresh }));
    // After a reset this run is another one than the one that opened the cycle.
    const key = begun.key && { ...begun.key, opening };
    if (key) loop.cycleOpened(key);
    else loop.cycleNotOpened();
    return { ...begun, key };
  } catch (error) {
    loop.cycleNotOpened();
    loop.cycleEnded({ cycleError: cycleErrorOf(error, 'store', tenant), finished: null, ended: null });
    loop.waitFor(waitAfterFailure(loop));
    return null;
  }
}

const applyNothing = (cycleError: CycleError | null): CycleResult => ({
  cycleError,
  yielded: false,
  isSuperseded: false,
  teamsWait: false,
});

/** After a step that failed. A cycle that may no longer write has no error: the next one plans all of it. */
const applyNothingAfter = (error: unknown, side: Side, { tenant }: OpenCycleResult): CycleResult =>
  isSuperseded(error)
    ? { ...applyNothing(null), isSuperseded: true }
    : applyNothing(cycleErrorOf(error, side, tenant));

const wholeUndo = { planned: true, teamsWait: false };

async function readPlanAndApply(
  loop: TenantLoop,
  key: OpenCycleResult,
  unread: ReadSide[],
  beganMs: number,
): Promise<CycleResult> {
  const failed = unread.length > 0 ? await readRest(loop, key, unread) : null;
  if (failed) return failed;
  loop.setStage('planning');
  try {
    const { undoes } = key;
    const { planned, teamsWait, ...plan } =
      undoes === null ? await makePlan(key) : { ...wholeUndo, ...(await planUndo({ ...key, undoes })) };
    if (!planned) return applyNothing(null);
    return { ...(await askAndApply(loop, key, plan, Date.now() - beganMs)), teamsWait };
  } catch (error) {
    return applyNothingAfter(error, 'store', key);
  }
}

/**
 * People are asked while the plan is applied: what waits for their answer is not in it. The first changes go before: each
 * approval starts a workflow, and a person does not mind a second. The cycle ends after both.
 */
async function askAndApply(
  loop: TenantLoop,
  key: OpenCycleResult,
  plan: PlannedPhases,
  preparedMs: number,
): Promise<ApplyPhasesResult> {
  const nothingAfter = (error: unknown) => applyNothingAfter(error, 'store', key);
  let isApplied = false;
  const applying = applyPhases(loop, key, plan, preparedMs)
    .catch(nothingAfter)
    .finally(() => {
      isApplied = true;
    });
  await condition(() => isApplied, askAfterMs, { summary: 'before people are asked' });
  const asked = await openApprovals(key).then(() => applyNothing(null), nothingAfter);
  const applied = await applying;
  return {
    cycleError: applied.cycleError ?? asked.cycleError,
    yielded: applied.yielded,
    isSuperseded: applied.isSuperseded || asked.isSuperseded,
  };
}

/** Reads the sides that `beginCycle` has left, with the retries that a side needs that is slow to answer. */
async function readRest(
  loop: TenantLoop,
  key: OpenCycleResult,
  unread: ReadSide[],
): Promise<CycleResult | null> {
  loop.setStage('reading');
  const [directory, timely] = await Promise.allSettled([
    unread.includes('directory') ? readDirectory(key) : null,
    unread.includes('timely') ? readTimely(key) : null,
  ]);
  if (directory.status === 'rejected') return applyNothingAfter(directory.reason, 'source', key);
  return timely.status === 'rejected' ? applyNothingAfter(timely.reason, 'target', key) : null;
}

/** Creates, renews or ends the subscriptions. A failure never stops a cycle: without change notifications there is polling. */
export async function updateSubscriptions(
  { tenant, configurationVersion }: { tenant: string; configurationVersion: number },
  { stopping }: { stopping: boolean },
): Promise<void> {
  await keepSubscriptions({ tenant, configurationVersion, stopping }).catch((error: unknown) =>
    log.warn('could not update the subscriptions to change notifications', { reason: String(error) }),
  );
}

/** A failure never stops the loop: the next cycle finds the notifications again. */
async function wakeChannels(tenant: string): Promise<void> {
  await notifyDueChannels({ tenant }).catch((error: unknown) =>
    log.warn('could not start the notifications', { reason: String(error) }),
  );
}

/** Returns null when the store does not answer: the next cycle reports on what it finds. */
async function finish(
  loop: TenantLoop,
  { tenant, cycle }: OpenCycleResult,
  cycleError: CycleError | null,
  yielded: boolean,
): Promise<FinishedCycle | null> {
  loop.setStage('reporting');
  return await finishCycle({ tenant, cycle, cycleError, yielded }).catch(() => null);
}

/** Tenants that failed by one outage do not all come back in the same second. */
function waitAfterFailure({ consecutiveFailures, status }: TenantLoop): number {
  const waitMs = retryWaitFirstMs * 2 ** Math.max(consecutiveFailures - 1, 0);
  return jittered(Math.min(waitMs, retryWaitMaxMs), `${status.tenant}/${consecutiveFailures}`);
}
