/** Answers to requests: recorded once, each change for itself (behaviour.md, section 6). */
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { ApprovalState } from '../domain/report.ts';
import { type ApprovalChangeRow, approvalRow, closeRequest, requestChanges } from './approvals.ts';
import type { Database, Store } from './database.ts';
import { approvalChanges, changes, decisions, tenants } from './schema.ts';
import { planAgain } from './touched.ts';

export interface RecordDecision {
  tenant: string;
  number: number;
  id: string;
  decision: 'approve' | 'reject';
  by: string;
  note: string;
  only: string[];
  except: string[];
  approversNeeded: number;
  now: Date;
}

export interface RecordedDecision {
  state: ApprovalState;
  decided: number;
  /** Decided changes that the current plan no longer holds: nothing will be done about them. */
  stale: number;
  undecided: number;
}

/** Refused because it makes no sense; the message is for the person who decided. */
export class WrongUseError extends Error {
  override readonly name = 'WrongUse';
}

/**
 * Records one person's answer. With several approvers needed, a change is approved when as many different people have
 * said so; one rejection rejects.
 * @throws WrongUseError when the request has ended or `only`/`except` names nobody in it.
 */
export async function recordDecision(database: Database, input: RecordDecision): Promise<RecordedDecision> {
  return await database.transaction(async (store) => {
    const { tenant, number } = input;
    await store.execute(
      sql`select from approvals where tenant = ${tenant} and number = ${number} for update`,
    );
    const approval = await approvalRow(store, tenant, number);
    if (!approval) throw new WrongUseError(`There is no request ${tenant}/${number}.`);
    const repeated = await store.$count(
      decisions,
      and(eq(decisions.tenant, tenant), eq(decisions.number, number), eq(decisions.id, input.id)),
    );
    if (approval.state !== 'open' && !repeated) {
      throw new WrongUseError(`Request ${tenant}/${number} has ended: ${approval.state}.`);
    }
    const rows = await requestChanges(store, tenant, number);
    const chosen = choose(rows, input);
    if (!repeated) await applyDecision(store, chosen, input);
    const after = await requestChanges(store, tenant, number);
    const state = repeated ? approval.state : await closeWhenDecided(store, after, input);
    return {
      state,
      decided: chosen.length,
      stale: await countStale(store, tenant, chosen),
      undecided: after.filter((row) => row.decision === null).length,
    };
  });
}

const sameSubject = (row: ApprovalChangeRow, text: string) =>
  [row.line.subject, row.line.name].some((name) => name.trim().toLowerCase() === text.trim().toLowerCase());

function choose(rows: ApprovalChangeRow[], { only, except, tenant, number }: RecordDecision) {
  for (const text of [...only, ...except]) {
    if (!rows.some((row) => sameSubject(row, text))) {
      throw new WrongUseError(
        `"${text}" is not in request ${tenant}/${number}; "timely-sync approvals show ${tenant}/${number}" lists who is.`,
      );
    }
  }
  const wanted = rows.filter(
    (row) =>
      (only.length === 0 || only.some((text) => sameSubject(row, text))) &&
      !except.some((text) => sameSubject(row, text)),
  );
  if (wanted.length === 0)
    throw new WrongUseError('With these subjects left out, nothing is left to decide.');
  return wanted.filter((row) => row.decision === null);
}

async function applyDecision(store: Store, chosen: ApprovalChangeRow[], input: RecordDecision) {
  const { tenant, number, id, decision, by, note, now } = input;
  if (chosen.length === 0) throw new WrongUseError('All of that was decided before.');
  await store.insert(decisions).values({ tenant, number, id, decision, by, note, at: now });
  const positions = chosen.map((row) => row.position);
  const these = and(
    eq(approvalChanges.tenant, tenant),
    eq(approvalChanges.number, number),
    inArray(approvalChanges.position, positions),
  );
  if (decision === 'reject') {
    await store.update(approvalChanges).set({ decision: 'rejected' }).where(these);
  } else {
    const person = JSON.stringify([by]);
    await store
      .update(approvalChanges)
      .set({
        approvedBy: sql`case when ${approvalChanges.approvedBy} @> ${person}::jsonb then ${approvalChanges.approvedBy}
          else ${approvalChanges.approvedBy} || ${person}::jsonb end`,
      })
      .where(these);
    await store
      .update(approvalChanges)
      .set({ decision: 'approved' })
      .where(and(these, sql`jsonb_array_length(${approvalChanges.approvedBy}) >= ${input.approversNeeded}`));
  }
  await planAgain(store, tenant);
}

async function closeWhenDecided(
  store: Store,
  rows: ApprovalChangeRow[],
  { tenant, number, now }: RecordDecision,
): Promise<ApprovalState> {
  if (rows.some((row) => row.decision === null)) return 'open';
  const approved = rows.filter((row) => row.decision === 'approved').length;
  const state = approved === rows.length ? 'approved' : approved === 0 ? 'rejected' : 'partly approved';
  await closeRequest(store, tenant, number, state, now);
  return state;
}

async function countStale(store: Store, tenant: string, chosen: ApprovalChangeRow[]): Promise<number> {
  if (chosen.length === 0) return 0;
  const rows = await store
    .select({ fingerprint: changes.fingerprint })
    .from(changes)
    .innerJoin(tenants, and(eq(tenants.tenant, changes.tenant), eq(tenants.planCycle, changes.cycle)))
    .where(and(eq(changes.tenant, tenant), eq(changes.status, 'held')));
  const held = new Set(rows.map((row) => row.fingerprint));
  return chosen.filter((row) => !held.has(row.fingerprint)).length;
}

export async function decisionsOf(store: Store, tenant: string, number: number) {
  const rows = await store
    .select()
    .from(decisions)
    .where(and(eq(decisions.tenant, tenant), eq(decisions.number, number)))
    .orderBy(asc(decisions.at));
  return rows.map(({ decision, by, note, at }) => ({ decision, by, note, at: at.toISOString() }));
}
