/** Which cycles were carried through: they ended, and left nothing to the next one because of an interruption. */
import type { FinishedCycle } from '../../activities/cycle/finish-cycle.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import type { CarriedThrough } from '../messages.ts';

/** How a cycle ended, well or not. */
interface EndedCycle {
  cycle: number;
  kind: 'full' | 'incremental';
  /** It left changes to the next cycle. */
  yielded: boolean;
}

export interface CycleEnd {
  cycleError: CycleError | null;
  /** Null when there is no report. */
  finished: FinishedCycle | null;
  /** Null when no cycle was opened. */
  ended: EndedCycle | null;
}

/** A cycle that carries on what a full one has left completes that one. */
export function carriedThroughAfter(
  before: CarriedThrough,
  { cycle, kind, yielded }: EndedCycle,
): CarriedThrough {
  const isFull = kind === 'full' || before.isFullLeft;
  return yielded
    ? { ...before, isFullLeft: isFull }
    : { cycle, full: isFull ? cycle : before.full, isFullLeft: false };
}
