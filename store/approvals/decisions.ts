/** Answers to requests: recorded once, each change for itself (docs/reference/rules.md section 6). */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { chooseChanges, deciderKey } from '../../domain/approvals/decision.ts';
import type { ApprovalStatus } from '../../domain/contract/report.ts';
import type { HoldRule } from '../../domain/plan/change.ts';
import { asJson, type Database, type Store } from '../database.ts';
import { requestReplan } from '../planning/dirty-subjects.ts';
import { approvalChanges, decisions } from '../schema/approval-tables.ts';
import { approvalRow, closeApproval, heldNow } from './approvals.ts';
import { factsOf, journalDecision, type RecordDecision } from './decision-journal.ts';

export interface RecordedDecision {
  state: ApprovalStatus;
  decided: number;
  /** Those of them that somebody else has to approve as well. */
  pending: number;
  /** Decided changes that the current plan no longer holds: nothing will be done about them. */
  stale: number;
  undecided: number;
}

/** Refused because it makes no sense; the message is for the person who decided. */
export class WrongUseError extends Error {
  override readonly name = 'WrongUse';
}

/** A change of a request, without what is only shown of it: a request may have a hundred thousand. */
interface RequestRow extends Record<string, unknown> {
  position: number;
  fingerprint: string;
  decision: 'approved' | 'rejected' | null;
  approvedBy: string[];
  subject: string;
  name: string;
}

/**
 * Records one person's answer, and journals it. With several approvers needed, a change is approved when as many
 * different people have said so; one rejection rejects.
 * @throws WrongUseError when the request has ended, `only`/`except` names nobody in it, or the answer adds nothing.
 */
export async function recordDecision(database: Database, input: RecordDecision): Promise<RecordedDecision> {
  return await database.transaction(async (store) => {
    const { tenant, number } = input;
    const id = `${tenant}/${number}`;
    await store.execute(
      sql`select from approvals where tenant = ${tenant} and number = ${number} for update`,
    );
    const approval = await approvalRow(store, tenant, number);
    if (!approval) throw new WrongUseError(`There is no request ${id}.`);
    const earlier = await decisionRow(store, input);
    if (earlier) {
      const recorded = { state: approval.state, decided: earlier.changes, pending: 0, stale: 0 };
      return await resultOf(store, input, recorded);
    }
    if (approval.state !== 'open') throw new WrongUseError(`Request ${id} has ended: ${approval.state}.`);
    // Its workflow may not have come to it yet: an approval would count for nothing, and must not be answered with yes.
    if (approval.expiresAt <= input.now) throw new WrongUseError(`Request ${id} has ended: expired.`);
    const chosen = choose(await requestRows(store, tenant, number), input);
    await apply(store, chosen, approval.rule, input);
    const state = await closeWhenDecided(store, input);
    const stale = await countStale(store, tenant, chosen);
    const pending = chosen.filter((row) => needsAnother(row, input)).length;
    return await resultOf(store, input, { state, decided: chosen.length, pending, stale });
  });
}

async function decisionRow(store: Store, { tenant, number, id }: RecordDecision) {
  const [row] = await store
    .select()
    .from(decisions)
    .where(and(eq(decisions.tenant, tenant), eq(decisions.number, number), eq(decisions.id, id)));
  return row ?? null;
}

async function requestRows(store: Store, tenant: string, number: number): Promise<RequestRow[]> {
  const { rows } = await store.execute<RequestRow>(sql`
    select position, fingerprint, decision, approved_by as "approvedBy", line->>'subject' as subject, line->>'name' as name
    from approval_changes where tenant = ${tenant} and number = ${number} order by position`);
  return rows;
}

/** Those of the meant changes to which this answer adds something. */
function choose(rows: RequestRow[], input: RecordDecision): RequestRow[] {
  const id = `${input.tenant}/${input.number}`;
  const choice = chooseChanges(rows, input);
  if ('problem' in choice) {
    throw new WrongUseError(
      `Request ${id}: ${choice.problem}. "timely-sync approvals show ${id}" lists who is.`,
    );
  }
  const undecided = choice.chosen.filter((row) => row.decision === null);
  if (undecided.length === 0) throw new WrongUseError(`Request ${id}: all of that was decided before.`);
  if (input.decision === 'reject') return undecided;
  const fresh = undecided.filter((row) => !row.approvedBy.includes(deciderKey(input.by)));
  if (fresh.length > 0) return fresh;
  throw new WrongUseError(
    `Request ${id}: ${input.by} has approved all of that already; ${input.approversNeeded} different people are needed.`,
  );
}

const needsAnother = ({ approvedBy }: RequestRow, { decision, approversNeeded }: RecordDecision) =>
  decision === 'approve' && approvedBy.length + 1 < approversNeeded;

async function apply(store: Store, chosen: RequestRow[], rule: HoldRule, input: RecordDecision) {
  const { tenant, number, id, decision, by, note, channel, approversNeeded, now } = input;
  const facts = factsOf(chosen);
  const changes = chosen.length;
  await store
    .insert(decisions)
    .values({ tenant, number, id, decision, by: by.trim(), note, channel, facts, changes, at: now });
  const positions = asJson(chosen.map((row) => row.position));
  const these = sql`tenant = ${tenant} and number = ${number}
    and position in (select jsonb_array_elements(${positions})::int)`;
  if (decision === 'reject') {
    await store.execute(sql`update approval_changes set decision = 'rejected' where ${these}`);
  } else {
    await store.execute(sql`
      update approval_changes set approved_by = approved_by || ${JSON.stringify([deciderKey(by)])}::jsonb,
        decision = case when jsonb_array_length(approved_by) + 1 >= ${approversNeeded} then 'approved' end
      where ${these}`);
  }
  await journalDecision(store, input, { rule, facts, changes, these });
  await requestReplan(store, tenant);
}

const undecidedIn = ({ tenant, number }: RecordDecision) =>
  and(
    eq(approvalChanges.tenant, tenant),
    eq(approvalChanges.number, number),
    isNull(approvalChanges.decision),
  );

async function closeWhenDecided(store: Store, input: RecordDecision): Promise<ApprovalStatus> {
  if ((await store.$count(approvalChanges, undecidedIn(input))) > 0) return 'open';
  const { tenant, number, now } = input;
  const decided = await store
    .selectDistinct({ decision: approvalChanges.decision })
    .from(approvalChanges)
    .where(and(eq(approvalChanges.tenant, tenant), eq(approvalChanges.number, number)));
  const state = decided.length > 1 ? 'partly approved' : (decided[0]?.decision ?? 'rejected');
  await closeApproval(store, tenant, number, state, now);
  return state;
}

async function resultOf(
  store: Store,
  input: RecordDecision,
  recorded: Omit<RecordedDecision, 'undecided'>,
): Promise<RecordedDecision> {
  return { ...recorded, undecided: await store.$count(approvalChanges, undecidedIn(input)) };
}

async function countStale(store: Store, tenant: string, chosen: RequestRow[]): Promise<number> {
  const { rows } = await store.execute<{ fingerprint: string }>(heldNow(tenant));
  const held = new Set(rows.map(({ fingerprint }) => fingerprint));
  return chosen.filter(({ fingerprint }) => !held.has(fingerprint)).length;
}

/** Who answered what, in the order of their answers. */
export async function decisionsOf(store: Store, tenant: string, number: number) {
  const rows = await store
    .select()
    .from(decisions)
    .where(and(eq(decisions.tenant, tenant), eq(decisions.number, number)))
    .orderBy(asc(decisions.at));
  return rows.map(({ decision, by, note, channel, changes, facts, at }) => ({
    decision,
    by,
    note,
    channel,
    changes,
    facts,
    at: at.toISOString(),
  }));
}
