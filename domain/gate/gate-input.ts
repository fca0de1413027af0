import type { DirectorySnapshot } from '../people/directory.ts';
import type { PersonLink, TeamLink } from '../people/link.ts';
import type { HoldRule, PlannedChange } from '../plan/change.ts';
import type { Plan } from '../plan/plan.ts';
import type { SyncRules } from '../rules.ts';
import type { TimelySnapshot } from '../timely.ts';

/** The facts on which the gate judges a plan. */
export interface GateInput {
  rules: SyncRules;
  plan: Plan;
  directory: DirectorySnapshot;
  timely: TimelySnapshot;
  personLinks: PersonLink[];
  teamLinks: TeamLink[];
  /** Whether this is the first cycle of the tenant. */
  firstCycle: boolean;
  /** Removals of the last `safety.removals.windowDays` days that had no approval. */
  recentRemovals: number;
  /** Role changes of the last `safety.roleChanges.windowDays` days that had no approval. Default: 0. */
  recentRoleChanges?: number;
  /** Fingerprints of changes whose approval is still valid. */
  approved: ReadonlySet<string>;
  /** Fingerprints with an approval that is open or was not granted, by hold rule: the rule keeps holding them. */
  requestedRules: ReadonlyMap<string, HoldRule>;
  /** Those of `requestedRules` that a person rejected: they stay held even when the rule no longer matches. Default: none. */
  rejected?: ReadonlySet<string>;
  /** Fingerprints of failed changes whose next attempt is later: teams do not wait for them. Default: none. */
  parked?: ReadonlySet<string>;
  /** Timely refused an invitation of the last plan because no seat was free, whatever its numbers say. Default: false. */
  seatRefused?: boolean;
  /** The removals of the plan are not applied with it, so that they free no seat. Default: false. */
  removalsWait?: boolean;
  /** Fingerprints that the preview showed by which the tenant was resumed; null when it goes by none. Default: null. */
  previewed?: ReadonlySet<string> | null;
  /** A person asked for an undo: it lets in whom it took out, whatever the lines under `scope` say. Default: false. */
  isUndo?: boolean;
}

/** Returns why a rule holds a change, in a sentence with its limit and figure; null when it does not hold it. */
export type HoldCheck = (change: PlannedChange) => string | null;
