/** The result of a preview: the plan of the next cycle, and what an edited tenant file would change in it. */
import type { Evidence } from '../people/directory.ts';
import type { ChangeKind } from '../plan/change.ts';
import type { SeatsForecast } from '../plan/seats.ts';
import type { ChangeStatus, CycleReport, ReportLine } from './report.ts';

/** Compared with the plan under the active configuration: added, changed, or gone. */
export const differences = ['added', 'changed', 'gone'] as const;
export type Difference = (typeof differences)[number];

/** A preview to compute. The tenant file has references to secrets, never a secret. */
export interface PreviewInput {
  /** A random id from the caller, who queries the lines with it afterwards. */
  id: string;
  file: unknown;
  /** Whether to return only differences from the plan under the active configuration. */
  againstRunning: boolean;
  /** The id of a look: the preview goes on from what it read. */
  look?: string;
}

/** A preview that was made while the tenant was paused or new: `resume` goes by it. */
export interface SeenPreview {
  /** ISO 8601. */
  madeAt: string;
  /** How many changes it showed as to be applied. */
  changes: number;
}

/** Identifies a computed or running preview. */
export interface PreviewKey {
  tenant: string;
  id: string;
}

/** Numbers of changes by their fate. */
export interface PreviewCounts {
  /** Applied in the next cycle. */
  planned: number;
  /** Of these: users and teams that are added, changed or taken away. */
  toAdd: number;
  toChange: number;
  toRemove: number;
  held: number;
  /** Held changes that need approval and do not end by themselves. */
  asking: number;
  refused: number;
  /** Changes that failed before and are tried again later. */
  failed: number;
  /** All of them by what stops them, the largest first. */
  groups: PreviewGroup[];
}

/** Changes of one kind with the same fate. */
export interface PreviewGroup {
  change: ChangeKind;
  status: ChangeStatus;
  /** What holds or refuses them. */
  rule: string | null;
  changes: number;
}

export interface PreviewSummary {
  tenant: string;
  kind: CycleReport['kind'];
  evidence: Evidence | null;
  inScope: number;
  unchanged: number;
  counts: PreviewCounts;
  /** Null when Timely states no limit. */
  seats: SeatsForecast | null;
}

/** Progress of the reads of a preview. */
export interface PreviewProgress {
  directoryEntries: number;
  timelyUsers: number;
}

/** A role or a team before or after a change. `people` is the number of members that the sync manages. */
export interface StateBrief {
  role?: string | undefined;
  name?: string | undefined;
  people?: number | undefined;
}

export interface PlanLine extends ReportLine {
  /** Object id of the person, or source of the team. */
  id: string;
  fingerprint: string;
  before: StateBrief | null;
  after: StateBrief | null;
  /** Addresses of people who join and leave the team; the first of each. */
  joins: string[];
  leaves: string[];
  /** Null unless the preview compares with the active configuration. */
  difference: Difference | null;
}
