/** Requests for approval: what they ask about, what was decided, and which fingerprints that frees (behaviour.md, section 6). */
import { and, asc, desc, eq, gt, gte, inArray, isNull, sql } from 'drizzle-orm';
import { type HoldRule, limitHolds, selfEndingHolds } from '../domain/change.ts';
import type { ApprovalState, ApprovalSummary, Page } from '../domain/report.ts';
import type { Database, Store } from './database.ts';
import { type ChangeRow, lineOf, nextOf } from './plans.ts';
import { approvalChanges, approvals, changes } from './schema.ts';

export type ApprovalRow = typeof approvals.$inferSelect;
export type ApprovalChangeRow = typeof approvalChanges.$inferSelect;

/** What earlier requests mean for a plan made now. */
export interface Standing {
  /** Fingerprints with a live approval that was not used yet, and the request that gave it. */
  approved: Map<string, number>;
  /** Fingerprints that are asked about, or were refused not long ago: they stay held by that rule, and nobody is asked again. */
  asked: Map<string, HoldRule>;
}

export async function loadStanding(
  store: Store,
  tenant: string,
  now: Date,
  rejectionHoldsMs: number,
): Promise<Standing> {
  const rows = await store
    .select({ change: approvalChanges, approval: approvals })
    .from(approvalChanges)
    .innerJoin(
      approvals,
      and(eq(approvals.tenant, approvalChanges.tenant), eq(approvals.number, approvalChanges.number)),
    )
    .where(
      and(
        eq(approvalChanges.tenant, tenant),
        isNull(approvalChanges.usedAt),
        gt(sql`coalesce(${approvals.closedAt}, now())`, new Date(now.getTime() - rejectionHoldsMs)),
      ),
    )
    .orderBy(asc(approvals.number));
  const standing: Standing = { approved: new Map(), asked: new Map() };
  for (const { change, approval } of rows) {
    if (change.decision === 'approved') {
      if (approval.expiresAt > now) standing.approved.set(change.fingerprint, approval.number);
    } else if (change.decision === 'rejected' || approval.state !== 'ended by itself') {
      standing.asked.set(change.fingerprint, approval.rule);
    }
  }
  return standing;
}

/** Uses an approval up: the change is done, and would have to be asked for again. */
export async function useApproval(store: Store, row: ChangeRow, now: Date): Promise<void> {
  if (row.approval === null) return;
  await store
    .update(approvalChanges)
    .set({ usedAt: now })
    .where(
      and(
        eq(approvalChanges.tenant, row.tenant),
        eq(approvalChanges.number, row.approval),
        eq(approvalChanges.fingerprint, row.fingerprint),
      ),
    );
}

/**
 * Opens requests for what the plan of `cycle` holds and nobody is asked about yet: one per sensitive person, one per
 * tripped limit. Requests whose every open change has left the plan end by themselves.
 * @returns numbers of the requests whose workflows have to be started, and of those that ended.
 */
export async function reconcileRequests(
  database: Database,
  tenant: string,
  cycle: number,
  times: { now: Date; expireAfterMs: number; rejectionHoldsMs: number },
): Promise<{ open: number[]; ended: number[] }> {
  return await database.transaction(async (store) => {
    const held = await store
      .select()
      .from(changes)
      .where(and(eq(changes.tenant, tenant), eq(changes.cycle, cycle), eq(changes.status, 'held')))
      .orderBy(asc(changes.position));
    const ended = await endRequests(store, tenant, held, times.now);
    const { asked } = await loadStanding(store, tenant, times.now, times.rejectionHoldsMs);
    const fresh = held.filter((row) => asksAPerson(row) && !asked.has(row.fingerprint));
    for (const rows of groupForRequests(fresh)) await openRequest(store, tenant, rows, times);
    const open = await store
      .select({ number: approvals.number })
      .from(approvals)
      .where(and(eq(approvals.tenant, tenant), eq(approvals.state, 'open'), eq(approvals.announced, false)))
      .orderBy(asc(approvals.number));
    return { open: open.map((row) => row.number), ended };
  });
}

const asksAPerson = (row: ChangeRow) => row.holdRule !== null && !selfEndingHolds.includes(row.holdRule);

/** One group per tripped limit, and one per person for all that is held about that person. */
function groupForRequests(rows: ChangeRow[]): ChangeRow[][] {
  const groups = new Map<string, ChangeRow[]>();
  for (const row of rows) {
    const limit = row.holdRule !== null && limitHolds.includes(row.holdRule);
    const key = limit ? `limit/${row.holdRule}` : `subject/${row.subjectKey}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

async function openRequest(
  store: Store,
  tenant: string,
  rows: ChangeRow[],
  { now, expireAfterMs }: { now: Date; expireAfterMs: number },
) {
  const rule = rows[0]?.holdRule;
  if (!rule) return;
  const [last] = await store
    .select({ number: approvals.number })
    .from(approvals)
    .where(eq(approvals.tenant, tenant))
    .orderBy(desc(approvals.number))
    .limit(1);
  const number = (last?.number ?? 0) + 1;
  const expiresAt = new Date(now.getTime() + expireAfterMs);
  await store.insert(approvals).values({ tenant, number, rule, state: 'open', openedAt: now, expiresAt });
  const lines = rows.map((row, position) => ({
    tenant,
    number,
    position,
    fingerprint: row.fingerprint,
    line: lineOf(row),
  }));
  for (let start = 0; start < lines.length; start += 1_000) {
    await store.insert(approvalChanges).values(lines.slice(start, start + 1_000));
  }
}

/** Closes open requests none of whose undecided changes is held any more: their cause is gone. */
async function endRequests(store: Store, tenant: string, held: ChangeRow[], now: Date): Promise<number[]> {
  const current = new Set(held.map((row) => row.fingerprint));
  const waiting = await store
    .select({ number: approvalChanges.number, fingerprint: approvalChanges.fingerprint })
    .from(approvalChanges)
    .innerJoin(
      approvals,
      and(eq(approvals.tenant, approvalChanges.tenant), eq(approvals.number, approvalChanges.number)),
    )
    .where(and(eq(approvals.tenant, tenant), eq(approvals.state, 'open'), isNull(approvalChanges.decision)));
  const alive = new Set(waiting.filter((row) => current.has(row.fingerprint)).map((row) => row.number));
  const ended = [...new Set(waiting.map((row) => row.number))].filter((number) => !alive.has(number));
  if (ended.length > 0) {
    await store
      .update(approvals)
      .set({ state: 'ended by itself', closedAt: now })
      .where(and(eq(approvals.tenant, tenant), inArray(approvals.number, ended)));
  }
  return ended;
}

export async function approvalRow(store: Store, tenant: string, number: number): Promise<ApprovalRow | null> {
  const [row] = await store
    .select()
    .from(approvals)
    .where(and(eq(approvals.tenant, tenant), eq(approvals.number, number)));
  return row ?? null;
}

/** Notes that the workflows of these requests run. */
export async function markAnnounced(store: Store, tenant: string, numbers: number[]): Promise<void> {
  await store
    .update(approvals)
    .set({ announced: true })
    .where(and(eq(approvals.tenant, tenant), inArray(approvals.number, numbers)));
}

/** A tenant's loop begins anew, perhaps on a Temporal server that has lost its data: open requests get their workflows again. */
export async function announceAgain(store: Store, tenant: string): Promise<void> {
  await store
    .update(approvals)
    .set({ announced: false })
    .where(and(eq(approvals.tenant, tenant), eq(approvals.state, 'open')));
}

export async function closeRequest(
  store: Store,
  tenant: string,
  number: number,
  state: ApprovalState,
  now: Date,
) {
  await store
    .update(approvals)
    .set({ state, closedAt: now })
    .where(and(eq(approvals.tenant, tenant), eq(approvals.number, number), eq(approvals.state, 'open')));
}

/** All changes of a request, in plan order. */
export async function requestChanges(
  store: Store,
  tenant: string,
  number: number,
): Promise<ApprovalChangeRow[]> {
  return await store
    .select()
    .from(approvalChanges)
    .where(and(eq(approvalChanges.tenant, tenant), eq(approvalChanges.number, number)))
    .orderBy(asc(approvalChanges.position));
}

/** Subjects shown in a list; the whole request is paged by `approval`. */
const subjectsMax = 100;

/** Requests, oldest first, the open ones or all; `after` is how many of them to pass over. */
export async function approvalsPage(
  store: Store,
  where: { tenant: string | null; open: boolean; after: number; limit: number },
): Promise<Page<ApprovalSummary>> {
  const rows = await store
    .select()
    .from(approvals)
    .where(
      and(
        where.tenant === null ? undefined : eq(approvals.tenant, where.tenant),
        where.open ? eq(approvals.state, 'open') : undefined,
      ),
    )
    .orderBy(asc(approvals.openedAt), asc(approvals.tenant), asc(approvals.number))
    .offset(where.after)
    .limit(where.limit);
  const items = await Promise.all(rows.map((row) => summaryOf(store, row)));
  return { items, next: rows.length < where.limit ? null : where.after + rows.length };
}

export async function summaryOf(store: Store, row: ApprovalRow): Promise<ApprovalSummary> {
  const lines = await requestChanges(store, row.tenant, row.number);
  const subjects = [...new Set(lines.map(({ line }) => line.subject))];
  return {
    id: `${row.tenant}/${row.number}`,
    tenant: row.tenant,
    rule: row.rule,
    state: row.state,
    opened: row.openedAt.toISOString(),
    expires: row.expiresAt.toISOString(),
    changes: lines.length,
    subjects: subjects.slice(0, subjectsMax),
  };
}

/** One request's changes with their decisions, a page of them. */
export async function approvalLines(
  store: Store,
  tenant: string,
  number: number,
  after: number,
  limit: number,
) {
  const rows = await store
    .select()
    .from(approvalChanges)
    .where(
      and(
        eq(approvalChanges.tenant, tenant),
        eq(approvalChanges.number, number),
        gte(approvalChanges.position, after),
      ),
    )
    .orderBy(asc(approvalChanges.position))
    .limit(limit);
  return {
    items: rows.map((row) => ({ ...row.line, position: row.position, decision: row.decision })),
    next: nextOf(rows, limit),
  };
}

export async function countOpen(store: Store, tenant: string): Promise<number> {
  return await store.$count(approvals, and(eq(approvals.tenant, tenant), eq(approvals.state, 'open')));
}
