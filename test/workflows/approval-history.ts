/**
 * What must hold between plans, requests and answers, worked out anew from what a person can look up: the requests with
 * their changes, and the journal with its answers. Decisions that the store keeps for its own use are not looked at.
 */
import { and, asc, eq } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import type { PlannedRow } from '../../store/planning/plans.ts';
import { approvalChanges, approvals } from '../../store/schema/approval-tables.ts';
import { journalEntries } from '../../store/schema/journal-tables.ts';

interface Answer {
  decision: 'approve' | 'reject';
  by: string;
  channel: string;
  only: string[];
  except: string[];
}

/** One request with what the answers in the journal make of its changes. */
export interface RequestHistory {
  number: number;
  state: string;
  openedMs: number;
  closedMs: number | null;
  expiresMs: number;
  /** By fingerprint; null: nobody has decided, or not enough people. */
  verdicts: Map<string, 'approved' | 'rejected' | null>;
  answers: Answer[];
}

export interface PlanMade {
  rows: PlannedRow[];
  before: RequestHistory[];
  after: RequestHistory[];
  /** Approvals that were used before. */
  used: ReadonlySet<string>;
  /** Between these moments it was looked up what is approved. */
  beganMs: number;
  decidedMs: number;
}

export const keyOf = (number: number, fingerprint: string) => `${number}/${fingerprint}`;

export async function historyOf(
  database: Database,
  tenant: string,
  approvers: number,
): Promise<RequestHistory[]> {
  const requests = await database
    .select()
    .from(approvals)
    .where(eq(approvals.tenant, tenant))
    .orderBy(asc(approvals.number));
  const lines = await database.select().from(approvalChanges).where(eq(approvalChanges.tenant, tenant));
  const journal = await database
    .select()
    .from(journalEntries)
    .where(and(eq(journalEntries.tenant, tenant), eq(journalEntries.kind, 'decided')))
    .orderBy(asc(journalEntries.sequence));
  return requests.map(({ number, state, openedAt, closedAt, expiresAt }) => {
    const answers = journal
      .filter(({ approval }) => approval === number)
      .map(({ after }) => after as unknown as Answer);
    const own = lines
      .filter((line) => line.number === number)
      .map(({ fingerprint, line }) => ({ fingerprint, subject: line.subject }));
    return {
      number,
      state,
      openedMs: openedAt.getTime(),
      closedMs: closedAt?.getTime() ?? null,
      expiresMs: expiresAt.getTime(),
      verdicts: verdictsOf(own, answers, approvers),
      answers,
    };
  });
}

function verdictsOf(
  lines: { fingerprint: string; subject: string }[],
  answers: Answer[],
  approvers: number,
): RequestHistory['verdicts'] {
  const verdictOf = (subject: string) => {
    const sayingYes = new Set<string>();
    for (const { decision, by, only, except } of answers) {
      if (except.includes(subject) || (only.length > 0 && !only.includes(subject))) continue;
      if (decision === 'reject') return 'rejected';
      sayingYes.add(by.trim().toLowerCase());
      if (sayingYes.size >= approvers) return 'approved';
    }
    return null;
  };
  return new Map(lines.map(({ fingerprint, subject }) => [fingerprint, verdictOf(subject)]));
}

/** What is wrong with a plan and the requests that were opened for it, a sentence each. */
export function breachesOfPlan(made: PlanMade, rejectionHoldsMs: number): string[] {
  const { rows, before, after, used, beganMs, decidedMs } = made;
  const isApproved = (requests: RequestHistory[], fingerprint: string, atMs: number) =>
    requests.some(
      ({ number, verdicts, expiresMs }) =>
        verdicts.get(fingerprint) === 'approved' && expiresMs > atMs && !used.has(keyOf(number, fingerprint)),
    );
  const breaches: string[] = [];
  for (const { change, status } of rows) {
    const { fingerprint, reason } = change;
    const what = `${change.kind} ${change.subject.name} (${reason})`;
    if (status === 'planned' && !isApproved(after, fingerprint, beganMs))
      breaches.push(`${what} goes without a live approval`);
    if (status !== 'planned' && isApproved(before, fingerprint, decidedMs))
      breaches.push(`${what} is approved and does not go`);
    if (status === 'held' && !after.some(({ verdicts }) => verdicts.has(fingerprint)))
      breaches.push(`${what} waits, and nobody was asked`);
  }
  const known = new Set(before.map(({ number }) => number));
  for (const fresh of after.filter(({ number }) => !known.has(number))) {
    for (const fingerprint of fresh.verdicts.keys()) {
      const others = after.filter(
        ({ number, verdicts }) => number !== fresh.number && verdicts.has(fingerprint),
      );
      for (const other of others) {
        const why = whyQuiet(other, fingerprint, fresh.openedMs, { used, rejectionHoldsMs });
        if (why) breaches.push(`request ${fresh.number} asks again, ${other.number} ${why}`);
      }
    }
  }
  return breaches;
}

/** Why nobody is to be asked again about what a request was about; null when they may be. */
function whyQuiet(
  { number, state, verdicts, closedMs, expiresMs }: RequestHistory,
  fingerprint: string,
  atMs: number,
  { used, rejectionHoldsMs }: { used: ReadonlySet<string>; rejectionHoldsMs: number },
): string | null {
  const verdict = verdicts.get(fingerprint);
  if (verdict === 'approved')
    return !used.has(keyOf(number, fingerprint)) && expiresMs > atMs ? 'has approved it' : null;
  if (closedMs === null || closedMs > atMs) return 'is open';
  if (verdict !== 'rejected' && state === 'ended by itself') return null;
  if (closedMs + rejectionHoldsMs <= atMs) return null;
  return verdict === 'rejected' ? 'has rejected it not long ago' : 'has expired not long ago';
}

/** What is wrong once every request has ended. */
export function breachesOfEnd(
  history: RequestHistory[],
  ends: ReadonlyMap<number, string>,
  accepted: readonly { number: number; decision: string; by: string }[],
): string[] {
  const breaches: string[] = [];
  for (const { number, state, answers } of history) {
    const end = ends.get(number);
    if (end !== undefined && end !== state)
      breaches.push(`request ${number} says it is "${end}", and the store says "${state}"`);
    const said = (decision: string, by: string) => `${decision} by ${by}`;
    const journal = answers
      .filter(({ channel }) => channel === 'update')
      .map(({ decision, by }) => said(decision, by))
      .sort();
    const told = accepted
      .filter((answer) => answer.number === number)
      .map(({ decision, by }) => said(decision, by))
      .sort();
    if (journal.join() !== told.join())
      breaches.push(`request ${number} accepted [${told}], and the journal has [${journal}]`);
  }
  return breaches;
}
