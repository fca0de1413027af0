/** One request as a page of the console shows it, and what an answer to it would do. */
import type { ChangeKind } from '../plan/change.ts';
import type { ApprovalSummary, DecisionReport, ReportLine } from './report.ts';

/** Changes of a request that do the same. */
export interface ChangeGroup {
  change: ChangeKind;
  /** Before, after, and what approving does; empty where a change has no such text. */
  before: string;
  after: string;
  says: string;
  changes: number;
  /** Those of them that nobody has decided yet. */
  undecided: number;
}

export interface RequestLine extends ReportLine {
  decision: 'approved' | 'rejected' | null;
  /** Who has approved it so far, where several people have to. */
  approvedBy: string[];
  /** It is about the person who looks at it. */
  own: boolean;
}

export interface RequestPage extends ApprovalSummary {
  /** How many different people have to approve, by the tenant file in force. */
  approvers: number;
  undecided: number;
  /** The largest first; not all of them when there are very many. */
  groups: ChangeGroup[];
  /** How many changes match what was searched for, how many of those stand before the first line, and the lines. */
  matching: number;
  from: number;
  lines: RequestLine[];
  decisions: DecisionReport[];
}

/** What an answer would do now, by the rules that it is recorded by. */
export interface DecisionPreview {
  /** Changes that it decides, and those of them that another person has to approve as well. */
  decided: number;
  pending: number;
  /** Decided changes that the sync no longer wants: nothing is done about those. */
  stale: number;
  /** Changes that are left out because they are about the person who answers. */
  own: number;
  /** Changes that still wait for an answer after this one. */
  left: number;
  groups: ChangeGroup[];
  /** The first people and teams, as `Name <address>`. */
  first: string[];
}
