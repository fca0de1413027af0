import type { DirectorySnapshot } from '../people/directory.ts';
import type { PersonLink } from '../people/link.ts';
import type { HoldRule } from '../plan/change.ts';
import type { Plan } from '../plan/plan.ts';
import type { SyncRules } from '../rules.ts';
import type { TimelySnapshot } from '../timely.ts';

/** What the gate looks at. */
export interface GateInput {
  rules: SyncRules;
  plan: Plan;
  directory: DirectorySnapshot;
  timely: TimelySnapshot;
  personLinks: PersonLink[];
  firstCycle: boolean;
  /** Removals done within `safety.removals.windowDays` without a person's approval. */
  recentRemovals: number;
  /** Fingerprints with an approval that still counts. */
  approved: ReadonlySet<string>;
  /** Fingerprints that were asked about and not approved: they stay held by that rule, whatever the counts say now. */
  requestedRules: ReadonlyMap<string, HoldRule>;
  /** Those of `asked` to which somebody said no: they stay held even where the rule no longer holds them. None when left out. */
  rejected?: ReadonlySet<string>;
  /** Fingerprints of changes that failed and whose next try is later: teams do not count on them. None when left out. */
  parked?: ReadonlySet<string>;
  /** Timely refused an invitation of the last plan for want of a seat, whatever its numbers say. No when left out. */
  seatRefused?: boolean;
}
