/** Why somebody is, or is not, in Timely; and why a team is as it is. What `why` answers, and the next step in a sentence. */
import { type ChangeKind, type Finding, selfEndingHolds, type TeamSource } from '../plan/change.ts';
import type { ReportLine } from './report.ts';

/** One line of the journal. */
export interface PastChange {
  cycle: number;
  at: string;
  change: ChangeKind;
  reason: string;
  /** Request that approved it. */
  approval: string | null;
}

/** A change of the plan that holds, which waits or is refused. */
export interface WaitingChange extends ReportLine {
  /** The open request that asks about it. */
  request: string | null;
  /** When a change that failed is tried again. */
  nextTryAt: string | null;
}

/** What a person and a team have in common. */
interface WhyBase {
  tenant: string;
  /** The cycle whose plan the answer is from, and when it began; null before the first. */
  asOf: { cycle: number; at: string } | null;
  /** Newest first. */
  changes: PastChange[];
  waiting: WaitingChange[];
  findings: Finding[];
  /** What happens next, or what somebody can do. */
  next: string;
}

export interface WhyPerson extends WhyBase {
  kind: 'person';
  /** Null when the directory does not have them. */
  person: {
    id: string;
    name: string;
    email: string | null;
    userPrincipalName: string;
    enabled: boolean;
    guest: boolean;
  } | null;
  /** The rule, with the path of groups by which it fits. */
  verdict: { inScope: boolean; reason: string } | null;
  link: {
    timelyId: number;
    state: 'present' | 'removed';
    email: string;
    role: string | null;
    outOfScopeSince: string | null;
  } | null;
  timely: { id: number; email: string; name: string; role: string; removed: boolean } | null;
  teams: string[];
}

export interface WhyTeam extends WhyBase {
  kind: 'team';
  /** Null for a team that was made by hand. */
  source: TeamSource | null;
  name: string;
  timelyId: number | null;
  /** The line of `teams` that asks for it. */
  rule: string | null;
  origin: 'created' | 'adopted' | null;
  /** `managed`: put there by the sync. The first of them. */
  members: { email: string; lead: boolean; managed: boolean }[];
  memberCount: number;
}

/** Somebody, or a team, that the text may mean. */
export interface SubjectCandidate {
  kind: 'person' | 'team';
  /** Object id, source of the team, or the number in Timely: what to ask for instead. */
  id: string;
  name: string;
  email: string | null;
}

/** Null: neither side knows anybody or any team of that name. */
export type WhyAnswer = WhyPerson | WhyTeam | { kind: 'ambiguous'; candidates: SubjectCandidate[] } | null;

/** The next step about somebody. */
export function nextForPerson(answer: Omit<WhyPerson, 'next'>): string {
  const { verdict, timely, person, waiting, findings, tenant } = answer;
  const first = waiting[0];
  if (first) return nextOfWaiting(first);
  const isThere = timely !== null && !timely.removed;
  if (verdict?.inScope) {
    if (isThere) return 'Nothing: they are in Timely as the tenant file says.';
    if (findings.some(({ kind }) => kind === 'no-email')) {
      return 'Give them an address in the directory that Timely takes; then they are invited.';
    }
    return `The next cycle sees to it; \`timely-sync provision ${tenant} ${person?.id ?? ''}\` does so now.`;
  }
  if (answer.link && isThere) {
    return `They are out of scope and still in Timely: see leavers in the tenant file; \`timely-sync preview\` shows what the next cycle does.`;
  }
  if (isThere) return 'Nothing: the sync did not bring them in, and leaves them alone.';
  return person
    ? 'Nothing, unless they are to be in Timely: then a line of scope has to fit them.'
    : 'Nothing: the directory does not have them, and they are not in Timely.';
}

/** The next step about a team. */
export function nextForTeam({ waiting, source, rule }: Omit<WhyTeam, 'next'>): string {
  const first = waiting[0];
  if (first) return nextOfWaiting(first);
  if (source === null) return 'Nothing: it was made by hand, and the sync leaves it alone.';
  return rule === null
    ? 'No line of teams asks for it any more: its end is asked about.'
    : 'Nothing: it is as the tenant file says.';
}

function nextOfWaiting({ hold, refusal, failure, request, nextTryAt, status }: WaitingChange): string {
  if (request !== null) return `Somebody decides: timely-sync approvals show ${request}`;
  if (refusal) return `It is never done, and nobody can approve it: ${refusal.detail}`;
  if (failure) {
    const when = nextTryAt === null ? 'with the next cycle' : `after ${nextTryAt}`;
    return `It is tried again ${when}. ${failure.remedy}`.trim();
  }
  if (hold && selfEndingHolds.includes(hold.rule)) return `It goes on by itself: ${hold.detail}`;
  if (hold) return `It was not approved, and is asked about again when the facts change: ${hold.detail}`;
  return status === 'planned' ? 'It is applied in the cycle that runs.' : 'The next cycle looks at it again.';
}
