/** Applies one part of a plan: at most 250 changes, one activity each, or for some at a high pace. Told to yield, it ends what it has begun. */
import { setHandler } from '@temporalio/workflow';
import type { AppliedBatch, ApplyBatch, BatchChanges } from '../../activities/apply/apply-change.ts';
import type { ApplyOutcome } from '../../activities/apply/apply-context.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import { removalPhase } from '../../domain/plan/phases.ts';
import { applying, priorities, storing } from '../activity-proxies.ts';
import { causeOf, cycleErrorOf } from '../failures.ts';
import { yieldSignal } from '../messages.ts';

export interface ApplyPlanResult {
  done: number;
  dropped: number;
  failed: number;
  held: number;
  /** Position behind the last change taken; null when the phase has none left. */
  next: number | null;
  /** Applying was stopped, by trouble or to yield; what is left is planned again by the next cycle. */
  stopped: boolean;
  /** It was told to yield before the last change had begun. */
  yielded: boolean;
  /** Why, or what a single change met that got no answer. */
  cycleError: CycleError | null;
}

/** So many changes in a row that Timely did not answer stop the applying (docs/reference/rules.md section 7). */
const unansweredMax = 5;
const unansweredCallsShown = 3;
/** Failures that end the applying at once: nobody's change could go through. */
const stoppingTypes = ['ConnectNeededError', 'PermissionError', 'ConfigurationError', 'ConsentNeededError'];

export async function applyPlan(batch: ApplyBatch): Promise<ApplyPlanResult> {
  let yielding = false;
  setHandler(yieldSignal, () => {
    yielding = true;
  });
  const { changes, concurrency, batchSize = 1 } = await storing.listChanges(batch);
  const counts: Record<ApplyOutcome, number> = { done: 0, dropped: 0, failed: 0, held: 0 };
  let unanswered = 0;
  let taken = 0;
  /** What the last change without an answer met; the cycle shows it, and the next one plans that change again. */
  let cycleError: CycleError | null = null;
  let stopped = false;
  const unansweredCalls = new Set<string>();

  const countOutcome = (outcome: ApplyOutcome) => {
    counts[outcome] += 1;
    unanswered = 0;
    unansweredCalls.clear();
  };
  const applyIndividually = async (change: Listed, wasTried: boolean) => {
    if (stopped) return;
    try {
      countOutcome((await applyOne(batch, change, wasTried)).outcome);
    } catch (error) {
      unanswered += 1;
      cycleError = cycleErrorOf(error, 'target', batch.tenant);
      unansweredCalls.add(cycleError.message);
      stopped ||= stopsEverything(error) || unanswered >= unansweredMax;
    }
  };
  const lane = async () => {
    while (taken < changes.length && !stopped && !yielding) {
      const these = changes.slice(taken, taken + batchSize);
      taken += these.length;
      const [only] = these;
      if (only && these.length === 1) {
        await applyIndividually(only, false);
        continue;
      }
      const { outcomes, retryIndividually } = await applyBatch(batch, these);
      for (const outcome of outcomes) countOutcome(outcome);
      // They have begun, so they are ended also when told to yield.
      const begun = these.filter(({ position }) => retryIndividually.includes(position));
      await Promise.all(begun.map((change) => applyIndividually(change, true)));
    }
  };
  await Promise.all(
    Array.from({ length: Math.ceil(Math.min(concurrency, changes.length) / batchSize) }, lane),
  );
  const last = changes.at(-1);
  const yielded = yielding && (taken < changes.length || changes.length === batch.limit);
  stopped ||= yielded;
  const next = last && !stopped && changes.length === batch.limit ? last.position + 1 : null;
  if (cycleError && unanswered >= unansweredMax)
    cycleError = unansweredError(cycleError, unanswered, unansweredCalls);
  return { ...counts, next, stopped, yielded, cycleError };
}

/** Names what fails: one line of each kind of request, since every change may meet another one. */
function unansweredError(last: CycleError, count: number, calls: ReadonlySet<string>): CycleError {
  const shown = [...calls].slice(0, unansweredCallsShown).join('; ');
  const message = `${count} changes in a row got no answer, so applying has stopped until the next cycle: ${shown}`;
  return { ...last, message };
}

type Listed = BatchChanges['changes'][number];

const priorityOf = ({ tenant, phase }: ApplyBatch) => ({
  priorityKey: phase === removalPhase ? priorities.removal : priorities.otherChange,
  fairnessKey: tenant,
});

/** What gets no end this way, whatever the reason, is then applied one by one. */
async function applyBatch(batch: ApplyBatch, changes: Listed[]): Promise<AppliedBatch> {
  const { tenant, cycle, configurationVersion } = batch;
  const positions = changes.map(({ position }) => position);
  const options = { summary: summaryOf(changes), priority: priorityOf(batch) };
  return await applying.applyChanges
    .executeWithOptions(options, [{ tenant, cycle, configurationVersion, positions }])
    .catch(() => ({ outcomes: [], retryIndividually: positions }));
}

/** Temporal takes summaries of 400 bytes (docs/reference/temporal.md section 1.3). */
function summaryOf(changes: Listed[]): string {
  const [first, ...others] = changes;
  return `${first?.label ?? ''} and ${others.length} more`;
}

async function applyOne(batch: ApplyBatch, { position, label }: Listed, wasTried: boolean) {
  const { tenant, cycle, configurationVersion } = batch;
  const priority = priorityOf(batch);
  return await applying.applyChange.executeWithOptions({ summary: label, priority }, [
    { tenant, cycle, configurationVersion, position, ...(wasTried && { wasTried }) },
  ]);
}

function stopsEverything(error: unknown): boolean {
  const type = causeOf(error)?.type;
  return typeof type === 'string' && stoppingTypes.includes(type);
}
