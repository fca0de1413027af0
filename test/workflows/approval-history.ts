/**
 * What must hold between plans, approvals and decisions, computed from what a person can look up: the approvals with their
 * changes, and the decisions in the journal. It does not read the decisions that the store keeps for its own use.
 */
import { and, asc, eq } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import type { PlannedRow } from '../../store/planning/plans.ts';
import { approvalChanges, approvals } from '../../store/schema/approval-tables.ts';
import { journalEntries } from '../../store/schema/journal-tables.ts';

interface JournalDecision {
  decision: 'approve' | 'reject';
  by: string;
  channel: string;
  only: string[];
  except: string[];
}

/** One approval, and what the decisions in the journal mean for its changes. */
export interface ApprovalHistory {
  number: number;
  state: string;
  openedMs: number;
  closedMs: number | null;
  expiresMs: number;
  /** By fingerprint; null: not enough people have decided. */
  verdicts: Map<string, 'approved' | 'rejected' | null>;
  decisions: JournalDecision[];
}

export interface PlanMade {
  rows: PlannedRow[];
  before: ApprovalHistory[];
  after: ApprovalHistory[];
  /** Approved changes that were applied before. */
  used: ReadonlySet<string>;
  /** The plan read the approved changes between these moments. */
  beganMs: number;
  decidedMs: number;
}

export const keyOf = (number: number, fingerprint: string) => `${number}/${fingerprint}`;

export async function historyOf(
  database: Database,
  tenant: string,
  approvers: number,
): Promise<ApprovalHistory[]> {
  const rows = await database
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
  return rows.map(({ number, state, openedAt, closedAt, expiresAt }) => {
    const decisions = journal
      .filter(({ approval }) => approval === number)
      .map(({ after }) => after as unknown as JournalDecision);
    const own = lines
      .filter((line) => line.number === number)
      .map(({ fingerprint, line }) => ({ fingerprint, subject: line.subject }));
    return {
      number,
      state,
      openedMs: openedAt.getTime(),
      closedMs: closedAt?.getTime() ?? null,
      expiresMs: expiresAt.getTime(),
      verdicts: verdictsOf(own, decisions, approvers),
      decisions,
    };
  });
}

function verdictsOf(
  lines: { fingerprint: string; subject: string }[],
  decisions: JournalDecision[],
  approvers: number,
): ApprovalHistory['verdicts'] {
  const verdictOf = (subject: string) => {
    const approvedBy = new Set<string>();
    for (const { decision, by, only, except } of decisions) {
      if (except.includes(subject) || (only.length > 0 && !only.includes(subject))) continue;
      if (decision === 'reject') return 'rejected';
      approvedBy.add(by.trim().toLowerCase());
      if (approvedBy.size >= approvers) return 'approved';
    }
    return null;
  };
  return new Map(lines.map(({ fingerprint, subject }) => [fingerprint, verdictOf(subject)]));
}

/** What is wrong with a plan and the approvals that were opened for it, one sentence each. */
export function breachesOfPlan(made: PlanMade, rejectionHoldsMs: number): string[] {
  const { rows, before, after, used, beganMs, decidedMs } = made;
  const isApproved = (approvals: ApprovalHistory[], fingerprint: string, atMs: number) =>
    approvals.some(
      ({ number, verdicts, expiresMs }) =>
        verdicts.get(fingerprint) === 'approved' && expiresMs > atMs && !used.has(keyOf(number, fingerprint)),
    );
  const breaches: string[] = [];
  for (const { change, status } of rows) {
    const { fingerprint, reason } = change;
    const what = `${change.kind} ${change.subject.name} (${reason})`;
    if (status === 'planned' && !isApproved(after, fingerprint, beganMs))
      breaches.push(`${what} is applied without a valid approval`);
    if (status !== 'planned' && isApproved(before, fingerprint, decidedMs))
      breaches.push(`${what} is approved and not applied`);
    if (status === 'held' && !after.some(({ verdicts }) => verdicts.has(fingerprint)))
      breaches.push(`${what} waits without an approval`);
  }
  const known = new Set(before.map(({ number }) => number));
  for (const fresh of after.filter(({ number }) => !known.has(number))) {
    for (const fingerprint of fresh.verdicts.keys()) {
      const others = after.filter(
        ({ number, verdicts }) => number !== fresh.number && verdicts.has(fingerprint),
      );
      for (const other of others) {
        const why = reasonNotToAsk(other, fingerprint, fresh.openedMs, { used, rejectionHoldsMs });
        if (why) breaches.push(`approval ${fresh.number} asks again, ${other.number} ${why}`);
      }
    }
  }
  return breaches;
}

/** Why the sync must not ask again about a change of an approval; null when it may. */
function reasonNotToAsk(
  { number, state, verdicts, closedMs, expiresMs }: ApprovalHistory,
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

/** What is wrong once every approval has ended. */
export function breachesOfEnd(
  history: ApprovalHistory[],
  ends: ReadonlyMap<number, string>,
  accepted: readonly { number: number; decision: string; by: string }[],
): string[] {
  const breaches: string[] = [];
  for (const { number, state, decisions } of history) {
    const end = ends.get(number);
    if (end !== undefined && end !== state)
      breaches.push(`approval ${number} ended as "${end}", and the store says "${state}"`);
    const said = (decision: string, by: string) => `${decision} by ${by}`;
    const journal = decisions
      .filter(({ channel }) => channel === 'update')
      .map(({ decision, by }) => said(decision, by))
      .sort();
    const results = accepted
      .filter((decision) => decision.number === number)
      .map(({ decision, by }) => said(decision, by))
      .sort();
    if (journal.join() !== results.join())
      breaches.push(`approval ${number} accepted [${results}], and the journal has [${journal}]`);
  }
  return breaches;
}
