/**
 * Applies one batch of a plan: at most 250 changes, one activity each, or several at a high rate. After the Signal `yield`
 * it completes the changes that it has begun, and begins no others.
 */
import { setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { AppliedBatch, ApplyBatch, BatchChanges } from '../../activities/apply/apply-change.ts';
import type { ApplyOutcome } from '../../activities/apply/apply-context.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import { failureTypes } from '../../domain/errors.ts';
import { removalPhase } from '../../domain/plan/phases.ts';
import { formatCount } from '../../domain/text.ts';
import { applyChange, applyChanges, listChanges, priorities } from '../activity-proxies.ts';
import { endOrderly } from '../cancellation.ts';
import { causeOf, cycleErrorOf, isSuperseded } from '../failures.ts';
import { yieldSignal } from '../messages.ts';

export interface ApplyPlanResult extends Record<ApplyOutcome, number> {
  /** Position after the last change; null when the phase has none left. */
  next: number | null;
  /** An error or a `yield` ended the applying; the next cycle plans the rest again. */
  stopped: boolean;
  /** A `yield` came before the last change had begun. */
  yielded: boolean;
  /** The cycle has ended, or another run goes on with it: nothing more was written. */
  isSuperseded: boolean;
  /** Why it stopped, or the error of a single change without a response. */
  cycleError: CycleError | null;
}

/** Stop after five changes in a row without a response from Timely (docs/reference/rules.md section 7). */
const unansweredMax = 5;
const unansweredCallsShown = 3;
/** Failures that stop the applying at once, because no change could succeed. */
const stoppingTypes: readonly string[] = [
  failureTypes.connectNeeded,
  failureTypes.permission,
  failureTypes.configuration,
  failureTypes.consentNeeded,
];

type ListedChange = BatchChanges['changes'][number];

export async function applyPlan(batch: ApplyBatch): Promise<ApplyPlanResult> {
  const run = new BatchRun(batch);
  setHandler(yieldSignal, () => run.yield());
  // A cancellation does the same.
  return await endOrderly(
    () => run.yield(),
    async () => {
      try {
        return await run.apply(await listChanges(batch));
      } catch (error) {
        if (isSuperseded(error)) return run.superseded();
        throw error;
      }
    },
  );
}

class BatchRun {
  readonly #batch: ApplyBatch;
  readonly #counts: Record<ApplyOutcome, number> = {
    done: 0,
    dropped: 0,
    failed: 0,
    held: 0,
    superseded: 0,
  };
  /** How many changes have begun. */
  #begun = 0;
  /** Changes in a row without a response, and the errors that they met. */
  #unanswered = 0;
  readonly #unansweredCalls = new Set<string>();
  /** The error of the last change without a response. The next cycle plans that change again. */
  #cycleError: CycleError | null = null;
  #stopped = false;
  #yielding = false;
  /** How many changes the batch has. */
  #of = 0;

  constructor(batch: ApplyBatch) {
    this.#batch = batch;
  }

  yield(): void {
    this.#yielding = true;
  }

  /** The result when nothing may be written. */
  superseded(): ApplyPlanResult {
    return {
      ...this.#counts,
      next: null,
      stopped: true,
      yielded: false,
      isSuperseded: true,
      cycleError: null,
    };
  }

  async apply({ changes, concurrency, batchSize = 1 }: BatchChanges): Promise<ApplyPlanResult> {
    this.#of = changes.length;
    this.#show();
    const atOnce = Math.ceil(Math.min(concurrency, changes.length) / batchSize);
    await Promise.all(Array.from({ length: atOnce }, () => this.#applyNext(changes, batchSize)));
    if (this.#counts.superseded > 0) return this.superseded();
    const last = changes.at(-1);
    const hasMore = changes.length === this.#batch.limit;
    const yielded = this.#yielding && (this.#begun < changes.length || hasMore);
    const stopped = this.#stopped || yielded;
    const next = last && !stopped && hasMore ? last.position + 1 : null;
    return {
      ...this.#counts,
      next,
      stopped,
      yielded,
      isSuperseded: false,
      cycleError: this.#endingError(),
    };
  }

  async #applyNext(changes: ListedChange[], batchSize: number): Promise<void> {
    while (this.#begun < changes.length && !this.#stopped && !this.#yielding) {
      const group = changes.slice(this.#begun, this.#begun + batchSize);
      this.#begun += group.length;
      const [only] = group;
      if (only && group.length === 1) {
        await this.#applyOne(only, false);
        continue;
      }
      const { outcomes, retryIndividually } = await applyTogether(this.#batch, group);
      for (const outcome of outcomes) this.#count(outcome);
      // These have begun, so they are completed even after a `yield`.
      const rest = group.filter(({ position }) => retryIndividually.includes(position));
      await Promise.all(rest.map((change) => this.#applyOne(change, true)));
    }
  }

  async #applyOne(change: ListedChange, wasTried: boolean): Promise<void> {
    if (this.#stopped) return;
    try {
      this.#count(await applyAlone(this.#batch, change, wasTried));
    } catch (error) {
      if (isSuperseded(error)) return this.#count('superseded');
      this.#unanswered += 1;
      this.#cycleError = cycleErrorOf(error, 'target', this.#batch.tenant);
      this.#unansweredCalls.add(this.#cycleError.message);
      this.#stopped ||= stopsEverything(error) || this.#unanswered >= unansweredMax;
    }
  }

  #count(outcome: ApplyOutcome): void {
    this.#counts[outcome] += 1;
    this.#stopped ||= outcome === 'superseded';
    this.#unanswered = 0;
    this.#unansweredCalls.clear();
    this.#show();
  }

  /** Details cost nothing: the server asks for them when somebody looks. */
  #show(): void {
    setCurrentDetails(detailsOfBatch(this.#batch, this.#of, this.#counts));
  }

  /** After too many changes without a response it lists one line for each kind of call, since each change may meet another. */
  #endingError(): CycleError | null {
    if (!this.#cycleError || this.#unanswered < unansweredMax) return this.#cycleError;
    const shown = [...this.#unansweredCalls].slice(0, unansweredCallsShown).join('; ');
    const message = `${this.#unanswered} changes in a row got no response, so applying has stopped until the next cycle: ${shown}`;
    return { ...this.#cycleError, message };
  }
}

/** `12 of 250 changes: 11 done, 1 failed.` and where to read more. */
function detailsOfBatch(
  { tenant, cycle }: ApplyBatch,
  of: number,
  counts: Record<ApplyOutcome, number>,
): string {
  const ended = Object.entries(counts).filter(([, count]) => count > 0);
  const sum = ended.reduce((total, [, count]) => total + count, 0);
  const outcomes = ended.map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  return [
    `**Cycle ${cycle} of ${tenant}**: ${sum} of ${formatCount(of, 'change', 'changes')}${outcomes && `: ${outcomes}`}`,
    `Each change is an activity below, with its person or team. \`timely-sync status ${tenant}\` says why one failed.`,
  ].join('\n\n');
}

const keyOf = ({ tenant, cycle, opening, configurationVersion }: ApplyBatch) => ({
  tenant,
  cycle,
  opening,
  configurationVersion,
});

const priorityOf = ({ tenant, phase }: ApplyBatch) => ({
  priorityKey: phase === removalPhase ? priorities.removal : priorities.otherChange,
  fairnessKey: tenant,
});

/** Applies changes in one activity. After any failure of it, they are retried individually. */
async function applyTogether(batch: ApplyBatch, changes: ListedChange[]): Promise<AppliedBatch> {
  const positions = changes.map(({ position }) => position);
  const options = { summary: summaryOf(changes), priority: priorityOf(batch) };
  return await applyChanges
    .executeWithOptions(options, [{ ...keyOf(batch), positions }])
    .catch(() => ({ outcomes: [], retryIndividually: positions }));
}

/** Temporal takes summaries of 400 bytes (docs/reference/temporal.md section 1.3). */
function summaryOf(changes: ListedChange[]): string {
  const [first, ...others] = changes;
  return `${first?.label ?? ''} and ${others.length} more`;
}

async function applyAlone(
  batch: ApplyBatch,
  { position, label }: ListedChange,
  wasTried: boolean,
): Promise<ApplyOutcome> {
  const options = { summary: label, priority: priorityOf(batch) };
  const { outcome } = await applyChange.executeWithOptions(options, [
    { ...keyOf(batch), position, ...(wasTried && { wasTried }) },
  ]);
  return outcome;
}

function stopsEverything(error: unknown): boolean {
  return stoppingTypes.includes(causeOf(error)?.type ?? '');
}
