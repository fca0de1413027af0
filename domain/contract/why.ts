/** The report of `timely-sync why`: why a person is or is not in Timely, why a team is as it is, and the next step. */

import { formatMinute } from '../approvals/decision.ts';
import type { JournalKind } from '../journal/journal.ts';
import type { VerdictCode } from '../people/verdict.ts';
import { type Finding, selfEndingHolds, type TeamSource } from '../plan/change.ts';
import type { EndedRequest, ReportLine } from './report.ts';

/** One line of the journal: a change, or a link that was tied or untied by hand, in cycle 0. */
export interface PastChange {
  cycle: number;
  at: string;
  change: JournalKind;
  reason: string;
  /** The approval that permitted the change. */
  approval: string | null;
}

/** A change of the current plan that is held, failed or refused. */
export interface WaitingChange extends ReportLine {
  /** The open approval that the change waits for. */
  request: string | null;
  /** When a failed change is tried again. */
  nextTryAt: string | null;
}

/** Fields that reports about people and teams share. */
interface WhyBase {
  tenant: string;
  /** What Temporal's list finds runs by; null for whom the sync has nothing to do with. */
  tag: string | null;
  /** The cycle whose plan the report uses, and when it began; null before the first cycle. */
  asOf: { cycle: number; at: string } | null;
  /** Newest first. */
  changes: PastChange[];
  waiting: WaitingChange[];
  findings: Finding[];
  /** What happens next, or what a person can do. */
  next: string;
}

export interface WhyPerson extends WhyBase {
  kind: 'person';
  /** Null when the directory does not have the person. */
  person: {
    id: string;
    name: string;
    email: string | null;
    userPrincipalName: string;
    enabled: boolean;
    guest: boolean;
  } | null;
  /** The line that decides, with the path of groups through which it matches. */
  verdict: { inScope: boolean; code: VerdictCode; reason: string } | null;
  link: {
    timelyId: number;
    state: 'present' | 'removed';
    email: string;
    role: string | null;
    outOfScopeSince: string | null;
  } | null;
  timely: {
    id: number;
    email: string;
    name: string;
    role: string;
    removed: boolean;
    /** Whether they have not accepted the invitation. */
    pending: boolean;
  } | null;
  teams: string[];
}

export interface WhyTeam extends WhyBase {
  kind: 'team';
  /** Null for a team that no line of `teams` has ever asked for. */
  source: TeamSource | null;
  name: string;
  timelyId: number | null;
  /** The line of `teams` that asks for the team. */
  rule: string | null;
  /** Null while the team is not linked: the plan may wait to adopt it. */
  origin: 'created' | 'adopted' | null;
  /** The first members. `managed` ones were added by the sync. */
  members: { email: string; lead: boolean; managed: boolean }[];
  memberCount: number;
}

/** A person or a team that the text may mean. */
export interface SubjectCandidate {
  kind: 'person' | 'team';
  /** Object id, source of the team, or Timely id: an unambiguous text for the next query. */
  id: string;
  name: string;
  email: string | null;
}

/** Who or what a text may mean; with `isWhole` it is their whole name, address or id. */
export interface SubjectsMeant {
  isWhole: boolean;
  candidates: SubjectCandidate[];
}

/** Several whom a text may mean. `next`: where the next page of them begins; null on the last one. */
export interface SeveralMeant {
  kind: 'ambiguous';
  candidates: SubjectCandidate[];
  next: number | null;
}

/** Null when neither side knows such a person or team. */
export type WhyAnswer = WhyPerson | WhyTeam | SeveralMeant | null;

/** Returns the next step for a team, in a sentence. */
export function nextForTeam({ waiting, source, rule }: Omit<WhyTeam, 'next'>): string {
  const first = waiting[0];
  if (first) return nextForWaiting(first);
  if (source === null) return 'Nothing: the sync leaves it alone, because no line of teams asks for it.';
  return rule === null
    ? 'No line of teams asks for it any more: retiring it needs approval.'
    : 'Nothing: it is as the tenant file says.';
}

/** Returns the next step for a change that waits, in a sentence. `saysHold`: with the reason of its hold, where it has no request. */
export function nextForWaiting(
  { hold, refusal, failure, request, ended, nextTryAt, status }: WaitingChange,
  { saysHold = true } = {},
): string {
  const reason = hold && saysHold ? `: ${hold.detail}` : '.';
  if (request !== null) return `It waits for a decision: timely-sync approvals show ${request}`;
  if (refusal) return `It is never applied, and no approval permits it: ${refusal.detail}`;
  if (failure) {
    const when = nextTryAt === null ? 'with the next cycle' : `after ${nextTryAt}`;
    return `It is tried again ${when}. ${failure.remedy}`.trim();
  }
  if (hold && selfEndingHolds.includes(hold.rule)) return `The hold ends by itself${reason}`;
  if (ended) return nextForEnded(ended);
  if (hold) return `It was not approved. A new approval opens when the facts change${reason}`;
  return status === 'planned' ? 'It is applied in the cycle that runs.' : 'The next cycle plans it again.';
}

/** Says until when a request that ended without a yes is not asked again, and how to ask at once. */
export const nextForEnded = ({ id, state, until }: EndedRequest): string =>
  `Approval ${id} ${state === 'rejected' ? 'was rejected' : 'expired without an answer'}, and is not asked again before ${formatMinute(until)} UTC, unless the facts change. To ask again at once: timely-sync approvals reopen ${id}`;
