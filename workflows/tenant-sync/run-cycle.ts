/** One cycle of a tenant's loop, from opening to report. */
import { log, workflowInfo } from '@temporalio/workflow';
import type { FinishedCycle } from '../../activities/cycle/finish-cycle.ts';
import type { OpenCycleResult } from '../../activities/cycle/open-cycle.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import {
  finishCycle,
  keepSubscriptions,
  makePlan,
  openCycle,
  openUndo,
  planUndo,
  readDirectory,
  readTimely,
} from '../activity-proxies.ts';
import { cycleErrorOf } from '../failures.ts';
import { notifyChannels, startNotifications } from '../notifications/start-notifications.ts';
import { type ApplyPhasesResult, applyPhases } from './apply-phases.ts';
import { requestApprovals } from './request-approvals.ts';
import type { TenantLoop } from './tenant-loop.ts';
import { showStatus } from './tenant-status.ts';

/** Waits after failed cycles: doubled from the first to the longest. */
const retryWaitFirstMs = 15_000;
const retryWaitMaxMs = 3_600_000;

/** Runs one cycle. Returns how long to wait for the next, in milliseconds. */
export async function runCycle(loop: TenantLoop): Promise<number> {
  const undoes = loop.status.undoing;
  const key = await open(loop, undoes);
  if (key === null) {
    await startNotifications(loop.status.tenant);
    return waitAfterFailure(loop);
  }
  loop.cycleOpened(key);
  const { cycleError, yielded } = await readPlanAndApply(loop, key, undoes);
  loop.setStage('reporting');
  const finished = await finish(key, cycleError, yielded);
  // An undo with held changes goes on after the decision about them.
  if (undoes !== null && !cycleError && finished?.counts.held === 0) loop.undoCompleted();
  loop.cycleEnded(cycleError);
  showStatus(loop.status, finished);
  await notifyChannels(key.tenant, finished?.channels ?? []);
  return cycleError ? waitAfterFailure(loop) : key.everyMs;
}

/** Returns null when the store does not answer. */
async function open(loop: TenantLoop, undoes: number | null): Promise<OpenCycleResult | null> {
  const { tenant } = loop.status;
  const { runId } = workflowInfo();
  const requested = loop.takeRequests();
  try {
    if (undoes !== null) return await openUndo({ tenant, undoes, runId });
    return await openCycle({ tenant, runId, ...requested });
  } catch (error) {
    loop.cycleEnded(cycleErrorOf(error, 'store', tenant));
    showStatus(loop.status, null);
    return null;
  }
}

const applyNothing = (cycleError: CycleError | null): ApplyPhasesResult => ({ cycleError, yielded: false });

/** An undo does not read the directory. */
async function readPlanAndApply(
  loop: TenantLoop,
  key: OpenCycleResult,
  undoes: number | null,
): Promise<ApplyPhasesResult> {
  const beganMs = Date.now();
  loop.setStage('reading');
  const subscriptionsUpdated =
    key.subscriptions === 'due' ? updateSubscriptions(key, { stopping: false }) : null;
  const reads = await Promise.allSettled([undoes === null ? readDirectory(key) : null, readTimely(key)]);
  await subscriptionsUpdated;
  const [directory, timely] = reads;
  if (directory.status === 'rejected')
    return applyNothing(cycleErrorOf(directory.reason, 'source', key.tenant));
  if (timely.status === 'rejected') return applyNothing(cycleErrorOf(timely.reason, 'target', key.tenant));
  loop.setStage('planning');
  try {
    const { planned, phases } =
      undoes === null ? await makePlan(key) : { planned: true, ...(await planUndo({ ...key, undoes })) };
    if (!planned) return applyNothing(null);
    await requestApprovals(key);
    return await applyPhases(loop, key, phases, Date.now() - beganMs);
  } catch (error) {
    return applyNothing(cycleErrorOf(error, 'store', key.tenant));
  }
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

/** Returns null when the store does not answer: the next cycle reports on what it finds. */
async function finish(
  { tenant, cycle }: OpenCycleResult,
  cycleError: CycleError | null,
  yielded: boolean,
): Promise<FinishedCycle | null> {
  return await finishCycle({ tenant, cycle, cycleError, yielded }).catch(() => null);
}

const waitAfterFailure = ({ consecutiveFailures }: TenantLoop) =>
  Math.min(retryWaitFirstMs * 2 ** Math.max(consecutiveFailures - 1, 0), retryWaitMaxMs);
