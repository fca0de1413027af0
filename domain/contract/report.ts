/**
 * Reports of cycles, approvals and the journal, in the shapes of docs/commands.md.
 */

import type { DecisionChannel } from '../approvals/decision.ts';
import type { ChangeEffect } from '../approvals/effect.ts';
import type { ChainPlace, JournalErasure } from '../journal/journal.ts';
import type { Evidence } from '../people/directory.ts';
import type { ChangeKind, Finding, HoldRule, RefusalRule } from '../plan/change.ts';
import type { FindingCounts } from '../plan/finding-kinds.ts';

/** The health of a tenant, in one word (docs/reference/rules.md section 7). */
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

/** `held` and `failed` count what waits now; the others count what this cycle did. `unchanged` counts people. */
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

/** How a cycle reads both sides. An `undo` reads all of Timely and reverts an earlier cycle. */
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
  /** Set when the cycle failed as a whole. */
  cycleError: CycleError | null;
}

/** Why a cycle failed as a whole, and what to do. */
export interface CycleError {
  health: Health;
  message: string;
  remedy: string;
}

export type ChangeStatus =
  /** Not applied yet in this cycle. */
  | 'planned'
  | 'held'
  /** Never applied: owner, own user, protected, last admin. */
  | 'refused'
  | 'done'
  /** Not applied, because a fresh read no longer showed the fact behind it. */
  | 'dropped'
  | 'failed'
  /** Left by its cycle, which has ended: a later cycle plans again. */
  | 'superseded'
  /** Failed before; the next attempt is later. */
  | 'parked';

/** One change in a report. */
export interface ReportLine {
  /** Position in the plan. */
  position: number;
  change: ChangeKind;
  status: ChangeStatus;
  /** E-mail address or team name. */
  subject: string;
  /** Display name of a person; the team's name for teams. */
  name: string;
  /** Why the plan has the change. */
  why: string;
  hold: { rule: HoldRule; detail: string } | null;
  refusal: { rule: RefusalRule; detail: string } | null;
  failure: Failure | null;
  /** The open approval that the change waits for; null after a rejection. Set only on held lines of a cycle. */
  request?: string | null;
  /** The request that ended without a yes, while it is not asked again. Set only on held lines of a cycle. */
  ended?: EndedRequest | null;
  /** What approving does. Set only on the lines of an approval. */
  effect?: ChangeEffect;
}

/** A request that ended without a yes: its changes stay held, and are not asked about again before `until`. */
export interface EndedRequest {
  /** `<tenant>/<number>`. */
  id: string;
  state: 'rejected' | 'expired';
  until: string;
}

/** The same, with what is held of it. */
export interface EndedRequestSummary extends EndedRequest {
  rule: HoldRule;
  /** Number of its changes that are still held, and the first subjects. */
  changes: number;
  subjects: string[];
}

/** A request that is asked again. */
export interface ReopenedRequest {
  id: string;
  changes: number;
}

/** Why a change of one person or team failed, and what to do. */
export interface Failure {
  class: string;
  message: string;
  remedy: string;
  /** Number of attempts so far; absent when unknown. */
  tries?: number;
  /** When the next attempt is due, ISO 8601; absent when there is none. */
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
  /** Number of changes that the approval covers. */
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

/** One person's decision on an approval. */
export interface DecisionReport {
  decision: 'approve' | 'reject';
  by: string;
  note: string;
  channel: DecisionChannel;
  /** Set when the person has signed in, and proved this answer. */
  proved?: boolean;
  /** Number of decided changes, and a digest of exactly these. */
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
  findings: FindingCounts;
}

/** Why a tenant is paused. */
export interface Pause {
  /** ISO 8601. */
  since: string;
  /** The cycle whose undo paused the tenant; null for a pause by an operator. */
  undoes: number | null;
  /** Who asked for it; null when that was not said. */
  by: string | null;
}

/** A finding of a tenant's last plan. */
export interface OpenFinding extends Finding {
  tenant: string;
  /** When the cycle began that found it first, ISO 8601; null when that is unknown. */
  since: string | null;
}

/** The result of one part of a verification. */
export interface ChainReport {
  /** Number of entries verified in this part. */
  checked: number;
  /** The last intact entry. The next part continues from it. */
  end: ChainPlace;
  /** Entries up to this sequence number were pruned and cannot be verified. */
  anchor: number;
  done: boolean;
  /** Entries of this part whose content an erasure has opened to changes: by erasure, which the chain covers itself. */
  opened: OpenedEntries[];
  broken: { sequence: number; problem: string } | null;
}

/** How many entries one erasure has opened. */
export interface OpenedEntries extends JournalErasure {
  entries: number;
}

/** What an undo would do, by the last reads. Lists are cut; numbers are complete. */
export interface UndoPreview {
  changes: number;
  lines: ReportLine[];
  /** What the undo cannot revert, and what stays. */
  findings: Finding[];
}

/** One page of a list. Query again with `after: next` until `next` is null. */
export interface Page<Item> {
  items: Item[];
  next: number | null;
}
