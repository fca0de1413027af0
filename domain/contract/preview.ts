/** What a preview answers: the plan of the next cycle, and with an edited tenant file what the edit would change. */
import type { Evidence } from '../people/directory.ts';
import type { SeatsForecast } from '../plan/seats.ts';
import type { CycleReport, ReportLine } from './report.ts';

/** Against the plan of the configuration in force: new with the edit, other than before, or no longer there. */
export const differences = ['added', 'changed', 'gone'] as const;
export type Difference = (typeof differences)[number];

/** A preview to be made. The file as data: references to secrets, never a secret. */
export interface PreviewInput {
  /** Made by whoever asks, so that the rows can be asked for afterwards. */
  id: string;
  file: unknown;
  /** Only what differs from the plan of the tenant's configuration in force. */
  againstRunning: boolean;
}

/** A preview that was made, or is being made. */
export interface PreviewKey {
  tenant: string;
  id: string;
}

/** Changes by what would become of them. */
export interface PreviewCounts {
  /** Applied by the next cycle. */
  planned: number;
  held: number;
  /** Of those held: what asks somebody, and does not end by itself. */
  asking: number;
  refused: number;
  /** Failed before; tried again later. */
  failed: number;
}

export interface PreviewSummary {
  tenant: string;
  kind: CycleReport['kind'];
  evidence: Evidence | null;
  inScope: number;
  unchanged: number;
  counts: PreviewCounts;
  /** Null where Timely names no limit. */
  seats: SeatsForecast | null;
}

/** How far the reading of a preview is. */
export interface PreviewProgress {
  directoryEntries: number;
  timelyUsers: number;
}

/** What somebody's role, or a team, is before or after a change; `people` are those the sync answers for. */
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
  /** Who comes into the team and who goes, by address; the first of them. */
  joins: string[];
  leaves: string[];
  /** Null unless compared with the configuration in force. */
  difference: Difference | null;
}
