/** The status of a tenant: what one run hands to the next, and what operators filter Temporal's list by. */
import type { FinishedCycle } from '../../activities/cycle/finish-cycle.ts';
import type { TenantControl } from '../../domain/contract/control.ts';
import type { CycleError } from '../../domain/contract/report.ts';
import { type CarriedThrough, type Stage, searchAttributes, type TenantStatus } from '../messages.ts';
import { setAttributes } from '../set-attributes.ts';

/** What a finished cycle leaves to be shown. */
export type CycleSummary = Pick<FinishedCycle, 'counts' | 'findings'>;

/** What one run hands to the next: about a kilobyte. */
export interface TenantSyncInput {
  tenant: string;
  configurationVersion?: number;
  /** The last cycle, for `status`; the store gives the numbers. */
  cycle?: number;
  /** As the last run knew it. The store knows better (loop-control.ts). */
  control?: TenantControl;
  carriedThrough?: CarriedThrough;
  /** A cycle was requested. */
  nudged?: boolean;
  /** When the next cycle is due; null: at once. */
  nextCycleAt?: string | null;
  /** The directory sends change notifications; the subscriptions end with the loop. */
  subscribed?: boolean;
  /** Failed cycles in a row. */
  consecutiveFailures?: number;
  cycleError?: CycleError | null;
  lastReport?: CycleSummary | null;
  shown?: ShownAttributes | null;
  /** Search attributes that may not be set; null before the first cycle, which finds out. */
  missingAttributes?: string[] | null;
}

export const initialStatus = (input: TenantSyncInput): TenantStatus => ({
  tenant: input.tenant,
  stage: restingStage(input),
  health: input.cycleError?.health ?? 'ok',
  cycle: input.cycle ?? 0,
  finishedCycle: input.cycle ?? 0,
  carriedThrough: input.carriedThrough ?? { cycle: input.cycle ?? 0, full: 0, isFullLeft: false },
  progress: null,
  cycleError: input.cycleError ?? null,
  nextCycleAt: input.nextCycleAt ?? null,
  configurationVersion: input.configurationVersion ?? 0,
  paused: input.control?.paused != null,
  undoing: input.control?.undoing ?? null,
});

function restingStage({ control, nextCycleAt }: TenantSyncInput): Stage {
  if (control?.paused) return 'paused';
  return nextCycleAt ? 'waiting' : 'starting';
}

/** What operators filter by. Temporal keeps it from run to run. */
export type ShownAttributes = Pick<TenantStatus, 'tenant' | 'stage' | 'paused' | 'health'> &
  Pick<CycleSummary['counts'], 'held' | 'failed'>;

/** Writes the search attributes that differ from those shown so far: each write is an action that Temporal Cloud charges for. */
export function upsertShown(
  before: ShownAttributes | null,
  now: ShownAttributes,
  missing: readonly string[],
): void {
  const pairs = [
    before?.tenant !== now.tenant && { key: searchAttributes.tenant, value: now.tenant },
    before?.stage !== now.stage && { key: searchAttributes.stage, value: now.stage },
    before?.paused !== now.paused && { key: searchAttributes.paused, value: now.paused },
    before?.health !== now.health && { key: searchAttributes.health, value: now.health },
    before?.held !== now.held && { key: searchAttributes.held, value: now.held },
    before?.failed !== now.failed && { key: searchAttributes.failed, value: now.failed },
  ].filter((pair) => pair !== false);
  setAttributes(pairs, missing);
}
