/** Applies a plan phase by phase, in batches that are children, one after the other. */
import { type ChildWorkflowHandle, condition, startChild } from '@temporalio/workflow';
import type { MakePlanResult } from '../../activities/cycle/make-plan.ts';
import type { OpenCycleResult } from '../../activities/cycle/open-cycle.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import { phases, removalPhase } from '../../domain/plan/phases.ts';
import { otherSubjects } from '../../domain/plan/subject-tags.ts';
import { applyPlanWorkflowId, subjectAttributes, yieldSignal } from '../messages.ts';
import { type ApplyPlanResult, applyPlan } from './apply-plan.ts';
import type { TenantLoop } from './tenant-loop.ts';

/** Changes of one `applyPlan` child. */
const batchSize = 250;

export type PlannedPhases = Pick<MakePlanResult, 'phases' | 'tags'>;

export interface ApplyPhasesResult {
  /** The last error that ended a batch or a single change. */
  cycleError: CycleError | null;
  /** Changes are left to the next cycle, because the loop was interrupted. */
  yielded: boolean;
  /** The cycle may no longer write: another one is newer, or this run was reset. */
  isSuperseded: boolean;
}

/**
 * A request for another cycle ends the applying early (`runBatch`). Removals end early only for a pause or a stop, and so
 * does an undo, which would otherwise stay half done. `preparedMs`: how long the cycle took to read and plan.
 */
export async function applyPhases(
  loop: TenantLoop,
  key: OpenCycleResult,
  { phases: counts, tags }: PlannedPhases,
  preparedMs: number,
): Promise<ApplyPhasesResult> {
  loop.setStage('applying');
  loop.startProgress(counts.reduce((sum, count) => sum + count, 0));
  const mayYieldAtMs = Date.now() + preparedMs;
  let cycleError: CycleError | null = null;
  let batch = 0;
  for (const [phase, count] of counts.entries()) {
    if (count === 0) continue;
    const isUrgent = phase === removalPhase || loop.isUndoing;
    for (let from: number | null = 0; from !== null; ) {
      if (loop.mustEnd) return { cycleError, yielded: true, isSuperseded: false };
      batch += 1;
      // The tags of a phase are those of its first batch.
      const batchTags = from === 0 ? (tags[phase] ?? []) : [otherSubjects];
      const child = await startBatch(key, { phase, from, tags: batchTags }, batch);
      const applied = await runBatch(loop, child, { isUrgent, mayYieldAtMs });
      loop.addProgress(applied.done + applied.dropped + applied.failed + applied.held);
      cycleError = applied.cycleError ?? cycleError;
      const { yielded, isSuperseded } = applied;
      if (applied.stopped) return { cycleError, yielded, isSuperseded };
      from = applied.next;
    }
  }
  return { cycleError, yielded: false, isSuperseded: false };
}

async function startBatch(
  { missingAttributes, ...key }: OpenCycleResult,
  { phase, from, tags }: { phase: number; from: number; tags: string[] },
  batch: number,
) {
  const { tenant, cycle, opening, configurationVersion } = key;
  return await startChild(applyPlan, {
    workflowId: applyPlanWorkflowId(tenant, cycle, batch),
    staticSummary: phases[phase]?.title ?? '',
    typedSearchAttributes: subjectAttributes(tags, missingAttributes),
    args: [{ tenant, cycle, opening, configurationVersion, phase, from, limit: batchSize }],
  });
}

/**
 * Waits for a batch, and has it begin no further change once the loop is interrupted: a leaver must not wait behind 10,000
 * invitations. A cycle applies for at least as long as it took to read and plan, so that a stream of nudges cannot keep a
 * tenant from making progress. A pause and a stop take effect at once.
 */
async function runBatch(
  loop: TenantLoop,
  child: ChildWorkflowHandle<typeof applyPlan>,
  { isUrgent, mayYieldAtMs }: { isUrgent: boolean; mayYieldAtMs: number },
): Promise<ApplyPlanResult> {
  let isOver = false;
  const result = child.result().finally(() => {
    isOver = true;
  });
  const yieldWhenInterrupted = async () => {
    await condition(() => isOver || (isUrgent ? loop.mustEnd : loop.isInterrupted));
    const waitMs = Math.max(mayYieldAtMs - Date.now(), 1);
    if (!isOver) await condition(() => isOver || loop.mustEnd, waitMs, { summary: 'before it yields' });
    // The batch may have ended by itself a moment ago.
    if (!isOver) await child.signal(yieldSignal).catch(() => undefined);
  };
  const [applied] = await Promise.all([result, yieldWhenInterrupted()]);
  return applied;
}
