import type { DecisionChannel } from '../approvals/decision.ts';
import type { JournalKind } from '../journal/journal.ts';
import type { FileDifference } from './control.ts';

/** One entry of the journal in a report. */
export interface JournalLine {
  sequence: number;
  at: string;
  cycle: number;
  kind: JournalKind;
  /** E-mail address, team name, or subject of an event; null once the person is erased. */
  subject: string | null;
  name: string | null;
  reason: string;
  before: unknown;
  after: unknown;
  /** The approval that permitted the change, or that was decided: `<tenant>/<number>`. */
  approval: string | null;
  /** Who approved the change: once each, as they wrote their name. */
  approvedBy: string[];
  /** Who gave the order, and how it came. Set only on events. */
  by?: string;
  channel?: DecisionChannel;
  /** Set on a decision whose author has signed in, and proved it. */
  proved?: boolean;
  /** What a new tenant file changed. Set only on entries of the kind `configured`. */
  differences?: FileDifference[];
  hash: string;
}
