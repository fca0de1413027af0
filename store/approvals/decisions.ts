/** Decisions on approvals: recorded once, each change for itself (docs/reference/rules.md section 6). */
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { chooseChanges, deciderKey } from '../../domain/approvals/decision.ts';
import type { ApprovalStatus } from '../../domain/contract/report.ts';
import type { DecisionPreview } from '../../domain/contract/request-page.ts';
import { failureTypes } from '../../domain/errors.ts';
import type { ChangeKind, HoldRule } from '../../domain/plan/change.ts';
import { oneLine } from '../../domain/shown-text.ts';
import { cleanText } from '../../domain/text.ts';
import { type Database, isOneOf, isOneOfIds, type Store } from '../database.ts';
import { requestReplan } from '../replica/dirty-subjects.ts';
import { approvalChanges, decisions } from '../schema/approval-tables.ts';
import { heldFingerprints } from './approval-state.ts';
import { type ApprovalRow, approvalRow, closeApproval, isChangeOf } from './approvals.ts';
import { type Decider, deciderOf, isAboutDecider, isSameDecider } from './decider.ts';
import { factsOf, journalDecision, type RecordDecision } from './decision-journal.ts';
import { changeGroups, countUndecided } from './request-page.ts';

export interface RecordedDecision {
  state: ApprovalStatus;
  decided: number;
  /** Those of them that another person has to approve as well. */
  pending: number;
  /** Decided changes that the current plan no longer holds: the decision changes nothing. */
  stale: number;
  undecided: number;
  /** Changes that were meant and left out, because they are about the decider; absent without any. */
  own?: number;
}

/** A person's input makes no sense; the message is for that person. */
export class WrongUseError extends Error {
  override readonly name = failureTypes.wrongUse;
  constructor(message: string) {
    super(oneLine(message));
  }
}

/** A change of an approval, without what is only shown: an approval may have a hundred thousand. */
interface DecidableChange extends Record<string, unknown> {
  position: number;
  fingerprint: string;
  change: ChangeKind;
  subjectKey: string;
  decision: 'approved' | 'rejected' | null;
  approvedBy: string[];
  subject: string;
  name: string;
}

/**
 * Records one person's decision, and journals it. When several approvers are needed, a change is approved once as many
 * different people have approved it; one rejection rejects it.
 * @throws WrongUseError when the approval has ended, `only` or `except` fits no change, or the decision adds nothing
 */
export async function recordDecision(database: Database, input: RecordDecision): Promise<RecordedDecision> {
  return await database.transaction(async (store) => {
    const { tenant, number } = input;
    const id = `${tenant}/${number}`;
    await store.execute(
      sql`select from approvals where tenant = ${tenant} and number = ${number} for update`,
    );
    const approval = await approvalRow(store, tenant, number);
    if (!approval) throw new WrongUseError(`There is no approval ${id}.`);
    const earlier = await decisionRow(store, input);
    if (earlier) {
      const recorded = { state: approval.state, decided: earlier.changes, pending: 0, stale: 0 };
      return await resultOf(store, input, recorded);
    }
    const { chosen, own } = await chosenChanges(store, approval, input);
    await storeDecision(store, chosen, approval.rule, input);
    const state = await closeWhenDecided(store, input);
    const stale = await countStale(store, tenant, chosen);
    const pending = chosen.filter((row) => needsAnother(row, input)).length;
    const recorded = { state, decided: chosen.length, pending, stale, ...(own > 0 && { own }) };
    return await resultOf(store, input, recorded);
  });
}

/**
 * What a decision would do now. It stores nothing.
 * @throws WrongUseError as `recordDecision` does
 */
export async function previewDecision(store: Store, input: ProposedDecision): Promise<DecisionPreview> {
  const { tenant, number } = input;
  const approval = await approvalRow(store, tenant, number);
  if (!approval) throw new WrongUseError(`There is no approval ${tenant}/${number}.`);
  const { chosen, own } = await chosenChanges(store, approval, input);
  const decided = chosen.filter((row) => !needsAnother(row, input)).length;
  return {
    decided: chosen.length,
    pending: chosen.length - decided,
    stale: await countStale(store, tenant, chosen),
    own,
    left: (await countUndecided(store, input)) - decided,
    groups: (await changeGroups(store, input, hasPosition(chosen))).groups,
    first: chosen
      .slice(0, firstMax)
      .map(({ name, subject }) => (name === subject ? name : `${name} <${subject}>`)),
  };
}

const firstMax = 20;

/** A decision as far as it says which changes it is about. */
type ProposedDecision = Pick<
  RecordDecision,
  'tenant' | 'number' | 'decision' | 'by' | 'only' | 'except' | 'approversNeeded' | 'now'
>;

async function chosenChanges(
  store: Store,
  approval: ApprovalRow,
  input: ProposedDecision,
): Promise<{ chosen: DecidableChange[]; own: number }> {
  const { tenant, number } = input;
  const id = `${tenant}/${number}`;
  if (approval.state !== 'open') throw new WrongUseError(`Approval ${id} has ended: ${approval.state}.`);
  // Its workflow may be late: a decision now would count for nothing, so it must not look accepted.
  if (approval.expiresAt <= input.now) throw new WrongUseError(`Approval ${id} has ended: expired.`);
  const decider = await deciderOf(store, tenant, input.by);
  return choose(await decidableChanges(store, tenant, number), input, decider);
}

async function decisionRow(store: Store, { tenant, number, id }: RecordDecision) {
  const [row] = await store
    .select()
    .from(decisions)
    .where(and(eq(decisions.tenant, tenant), eq(decisions.number, number), eq(decisions.id, id)));
  return row ?? null;
}

async function decidableChanges(store: Store, tenant: string, number: number): Promise<DecidableChange[]> {
  const { rows } = await store.execute<DecidableChange>(sql`
    select position, fingerprint, decision, approved_by as "approvedBy", subject_key as "subjectKey",
      change, subject, name
    from approval_changes where tenant = ${tenant} and number = ${number} order by position`);
  return rows;
}

/** Those of the meant changes to which this decision adds something, and how many of the others are about the decider. */
function choose(
  rows: DecidableChange[],
  input: ProposedDecision,
  decider: Decider,
): { chosen: DecidableChange[]; own: number } {
  const id = `${input.tenant}/${input.number}`;
  const choice = chooseChanges(rows, input);
  if ('problem' in choice) {
    throw new WrongUseError(
      `Approval ${id}: ${choice.problem}. "timely-sync approvals show ${id}" lists what is.`,
    );
  }
  const undecided = choice.chosen.filter((row) => row.decision === null);
  if (undecided.length === 0) throw new WrongUseError(`Approval ${id}: all of this was decided before.`);
  const others = undecided.filter((row) => !isAboutDecider(decider, row));
  const own = undecided.length - others.length;
  if (others.length === 0) {
    throw new WrongUseError(
      `Approval ${id}: ${input.by.trim()} may not decide about themselves. Another person has to.`,
    );
  }
  if (input.decision === 'reject') return { chosen: others, own };
  const fresh = others.filter(({ approvedBy }) => !approvedBy.some((key) => isSameDecider(decider, key)));
  if (fresh.length > 0) return { chosen: fresh, own };
  throw new WrongUseError(
    `Approval ${id}: ${input.by} has approved all of this already, under this or another address; ${input.approversNeeded} different people are needed.`,
  );
}

const needsAnother = (
  { approvedBy }: DecidableChange,
  { decision, approversNeeded }: Pick<RecordDecision, 'decision' | 'approversNeeded'>,
) => decision === 'approve' && approvedBy.length + 1 < approversNeeded;

async function storeDecision(store: Store, chosen: DecidableChange[], rule: HoldRule, input: RecordDecision) {
  const { tenant, number, id, decision, by, note, channel, proved = false, approversNeeded, now } = input;
  const facts = factsOf(chosen);
  const changes = chosen.length;
  await store.insert(decisions).values({
    ...{ tenant, number, id, decision, by: by.trim(), note: cleanText(note) },
    ...{ channel, proved, facts, changes, at: now },
  });
  const these = sql`tenant = ${tenant} and number = ${number} and ${hasPosition(chosen)}`;
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

async function closeWhenDecided(store: Store, input: RecordDecision): Promise<ApprovalStatus> {
  if ((await countUndecided(store, input)) > 0) return 'open';
  const { tenant, number, now } = input;
  const decided = await store
    .selectDistinct({ decision: approvalChanges.decision })
    .from(approvalChanges)
    .where(isChangeOf(tenant, number));
  const state = decided.length > 1 ? 'partly approved' : (decided[0]?.decision ?? 'rejected');
  await closeApproval(store, tenant, number, state, now);
  return state;
}

async function resultOf(
  store: Store,
  input: RecordDecision,
  recorded: Omit<RecordedDecision, 'undecided'>,
): Promise<RecordedDecision> {
  return { ...recorded, undecided: await countUndecided(store, input) };
}

async function countStale(store: Store, tenant: string, chosen: DecidableChange[]): Promise<number> {
  const fingerprints = chosen.map(({ fingerprint }) => fingerprint);
  const { rows } = await store.execute<{ fingerprint: string }>(sql`
    select fingerprint from (${heldFingerprints(tenant)}) as held where ${isOneOf(sql`fingerprint`, fingerprints)}`);
  const held = new Set(rows.map(({ fingerprint }) => fingerprint));
  return fingerprints.filter((fingerprint) => !held.has(fingerprint)).length;
}

const hasPosition = (chosen: readonly DecidableChange[]): SQL =>
  isOneOfIds(
    sql`position`,
    chosen.map(({ position }) => position),
  );

/** Who decided what, in the order of the decisions. */
export async function decisionsOf(store: Store, tenant: string, number: number) {
  const rows = await store
    .select()
    .from(decisions)
    .where(and(eq(decisions.tenant, tenant), eq(decisions.number, number)))
    .orderBy(asc(decisions.at));
  return rows.map(({ decision, by, note, channel, proved, changes, facts, at }) => ({
    decision,
    by,
    note,
    channel,
    ...(proved && { proved }),
    changes,
    facts,
    at: at.toISOString(),
  }));
}
