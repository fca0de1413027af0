/**
 * What a cycle leaves behind for people to read, and what the command's questions answer. Shapes of docs/commands.md.
 */

import type { DecisionChannel } from '../approvals/decision.ts';
import type { ChainPlace, JournalKind } from '../journal/journal.ts';
import type { Evidence } from '../people/directory.ts';
import type { ChangeKind, Finding, HoldRule, RefusalRule } from '../plan/change.ts';

/** How a tenant is, in one word (docs/reference/rules.md section 7). */
export const healthStates = [
  'ok',
  'needs-consent',
  'needs-connect',
  'misconfigured',
  'source-down',
  'target-down',
  'quarantined',
] as const;
export type Health = (typeof healthStates)[number];

/** `held` and `failed` are what waits now; all others are what this cycle did. `unchanged` counts people. */
export interface CycleCounts {
  inScope: number;
  invited: number;
  reinstated: number;
  linked: number;
  roleChanged: number;
  removed: number;
  teamsCreated: number;
  teamsRenamed: number;
  teamMembersChanged: number;
  teamsRetired: number;
  held: number;
  failed: number;
  unchanged: number;
}

/** How a cycle reads both sides; an `undo` reads Timely whole and takes an earlier cycle back. */
export const cycleKinds = ['full', 'incremental', 'undo'] as const;
export type CycleKind = (typeof cycleKinds)[number];

export interface CycleReport {
  number: number;
  kind: CycleKind;
  startedAt: string;
  /** Null while the cycle runs. */
  finishedAt: string | null;
  evidence: Evidence | null;
  counts: CycleCounts;
  /** Set when the cycle could not be carried through. */
  cycleError: CycleError | null;
}

/** Why a tenant's cycle could not be carried through, and what to do. */
export interface CycleError {
  health: Health;
  message: string;
  remedy: string;
}

export type ChangeStatus =
  /** Waits to be applied in this cycle. */
  | 'planned'
  | 'held'
  /** Never to be applied: owner, own user, protected, last admin. */
  | 'refused'
  | 'done'
  /** The fact behind it was no longer true when it was asked for again. */
  | 'dropped'
  | 'failed'
  /** Failed before; its next try is later. */
  | 'parked';

/** One change as a report shows it. */
export interface ReportLine {
  /** Place in the plan. */
  position: number;
  change: ChangeKind;
  status: ChangeStatus;
  /** E-mail address or team name. */
  subject: string;
  /** Display name of a person; the team's name for teams. */
  name: string;
  /** Why the plan has it. */
  why: string;
  hold: { rule: HoldRule; detail: string } | null;
  refusal: { rule: RefusalRule; detail: string } | null;
  failure: Failure | null;
  /** The open request that asks about it; null for what somebody has answered with no. Of held lines of a cycle. */
  request?: string | null;
}

/** Why a change of one person or team failed, and what to do. */
export interface Failure {
  class: string;
  message: string;
  remedy: string;
  /** How often it was tried so far; left out where nobody counted. */
  tries?: number;
  /** When it is tried again, ISO 8601; left out where nothing is tried again. */
  nextTryAt?: string;
}

export interface ApprovalSummary {
  /** `<tenant>/<number>`. */
  id: string;
  tenant: string;
  rule: HoldRule;
  state: ApprovalStatus;
  opened: string;
  expires: string;
  /** How many changes it asks about. */
  changes: number;
  /** E-mail addresses and team names, in plan order; the first hundred. */
  subjects: string[];
}

export type ApprovalStatus =
  | 'open'
  | 'approved'
  | 'rejected'
  | 'partly approved'
  | 'expired'
  | 'ended by itself';

export interface ApprovalDetail extends ApprovalSummary {
  lines: (ReportLine & { decision: 'approved' | 'rejected' | null })[];
  decisions: DecisionReport[];
}

/** One person's answer to a request. */
export interface DecisionReport {
  decision: 'approve' | 'reject';
  by: string;
  note: string;
  channel: DecisionChannel;
  /** How many changes it decided, and a digest of exactly those. */
  changes: number;
  facts: string;
  at: string;
}

export interface TenantSummary {
  tenant: string;
  lastCycle: CycleReport | null;
  held: number;
  failed: number;
  openApprovals: number;
}

/** One entry of the journal as the command shows it. */
export interface JournalLine {
  sequence: number;
  at: string;
  cycle: number;
  kind: JournalKind;
  /** E-mail address, team name, or what an event is about; null once the person was erased. */
  subject: string | null;
  name: string | null;
  reason: string;
  before: unknown;
  after: unknown;
  /** The request that approved it, or that was decided. */
  approval: number | null;
  hash: string;
}

/** What a part of a verification found. */
export interface ChainReport {
  /** Entries looked at in this part. */
  checked: number;
  /** The last entry that fits; the next part goes on from there. */
  end: ChainPlace;
  /** Entries up to this one were pruned, and cannot be looked at any more. */
  anchor: number;
  done: boolean;
  broken: { sequence: number; problem: string } | null;
}

/** What taking a cycle back would do, as far as the last reads tell. Lists are cut; the numbers are whole. */
export interface UndoPreview {
  changes: number;
  lines: ReportLine[];
  /** What cannot be taken back, and what stays all the same. */
  findings: Finding[];
}

/** A list that may be longer than one answer: ask again with `after: next` until it is null. */
export interface Page<Item> {
  items: Item[];
  next: number | null;
}
