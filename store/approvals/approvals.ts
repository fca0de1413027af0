/** Approvals: held changes that wait for people's decisions (docs/reference/rules.md section 6). */
import { and, asc, count, eq, gt, gte, inArray, lte, or, sql } from 'drizzle-orm';
import type { ApprovalStatus, ApprovalSummary, Page } from '../../domain/contract/report.ts';
import { isOneOf, type Store } from '../database.ts';
import { nextOf } from '../planning/report-lines.ts';
import { approvalChanges, approvals } from '../schema/approval-tables.ts';

export type ApprovalRow = typeof approvals.$inferSelect;
export type ApprovalChangeRow = typeof approvalChanges.$inferSelect;

const isApproval = (tenant: string, number: number) =>
  and(eq(approvals.tenant, tenant), eq(approvals.number, number));
const isOpen = eq(approvals.state, 'open');

/** Selects the changes of one approval. */
export const isChangeOf = (tenant: string, number: number) =>
  and(eq(approvalChanges.tenant, tenant), eq(approvalChanges.number, number));

export async function approvalRow(store: Store, tenant: string, number: number): Promise<ApprovalRow | null> {
  const [row] = await store.select().from(approvals).where(isApproval(tenant, number));
  return row ?? null;
}

/** Approvals that may need a notification: open ones, and those that have expired since. */
export async function approvalsToNotify(store: Store, tenant: string, since: Date): Promise<ApprovalRow[]> {
  const expired = and(eq(approvals.state, 'expired'), gt(approvals.closedAt, since));
  return await store
    .select()
    .from(approvals)
    .where(and(eq(approvals.tenant, tenant), or(isOpen, expired)))
    .orderBy(asc(approvals.number));
}

/** How many changes an approval covers. */
export async function countChangesOf(store: Store, tenant: string, number: number): Promise<number> {
  return await store.$count(approvalChanges, isChangeOf(tenant, number));
}

/** Who has approved undecided changes of an approval that needs several people, with the number of changes. */
export async function approvalsSoFar(
  store: Store,
  tenant: string,
  number: number,
): Promise<{ by: string; changes: number }[]> {
  const { rows } = await store.execute<{ by: string; changes: number }>(sql`
    select by, count(*)::int as changes
    from approval_changes, jsonb_array_elements_text(approved_by) as entry (by)
    where tenant = ${tenant} and number = ${number} and decision is null
    group by by order by by`);
  return rows;
}

/** Open approvals whose workflows have started. */
export async function announcedOpen(store: Store, tenant: string): Promise<number[]> {
  const rows = await store
    .select({ number: approvals.number })
    .from(approvals)
    .where(and(eq(approvals.tenant, tenant), isOpen, eq(approvals.announced, true)))
    .orderBy(asc(approvals.number));
  return rows.map(({ number }) => number);
}

/** Records that the workflows of these approvals run, or know that their approval has ended. */
export async function markAnnounced(store: Store, tenant: string, numbers: number[]): Promise<void> {
  await store
    .update(approvals)
    .set({ announced: true })
    .where(and(eq(approvals.tenant, tenant), inArray(approvals.number, numbers)));
}

/**
 * Lets the next plan start the workflows of open approvals again, or wake those that run. That is needed after a new tenant
 * file and after a loop was started again, perhaps on a Temporal server that lost its data; a full cycle makes sure.
 */
export async function announceAgain(store: Store, tenant: string): Promise<void> {
  await store
    .update(approvals)
    .set({ announced: false })
    .where(and(eq(approvals.tenant, tenant), isOpen));
}

export async function closeApproval(
  store: Store,
  tenant: string,
  number: number,
  state: ApprovalStatus,
  now: Date,
) {
  await store
    .update(approvals)
    .set({ state, closedAt: now })
    .where(and(isApproval(tenant, number), isOpen));
}

/** Ends approvals whose time has passed, for workflows that are gone: they would do it themselves. */
export async function closeExpired(store: Store, tenant: string, now: Date): Promise<void> {
  await store
    .update(approvals)
    .set({ state: 'expired', closedAt: now })
    .where(and(eq(approvals.tenant, tenant), isOpen, lte(approvals.expiresAt, now)));
}

/** All changes of an approval, in plan order. */
export async function approvalChangeRows(
  store: Store,
  tenant: string,
  number: number,
): Promise<ApprovalChangeRow[]> {
  return await store
    .select()
    .from(approvalChanges)
    .where(isChangeOf(tenant, number))
    .orderBy(asc(approvalChanges.position));
}

/** Subjects of an approval that a list shows. A few changes may concern the same subject. */
const subjectsMax = 100;
const changesScanned = 10 * subjectsMax;

/** Approvals, oldest first, the open ones or all; `after` is how many to skip. */
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
        where.open ? isOpen : undefined,
      ),
    )
    .orderBy(asc(approvals.openedAt), asc(approvals.tenant), asc(approvals.number))
    .offset(where.after)
    .limit(where.limit);
  const items = await Promise.all(rows.map((row) => summaryOf(store, row)));
  return { items, next: rows.length < where.limit ? null : where.after + rows.length };
}

/** As people see it: a request that was approved in part did not end by itself, whatever became of the rest. */
async function shownState(store: Store, { tenant, number, state }: ApprovalRow): Promise<ApprovalStatus> {
  if (state !== 'ended by itself') return state;
  const isApproved = and(isChangeOf(tenant, number), eq(approvalChanges.decision, 'approved'));
  return (await store.$count(approvalChanges, isApproved)) > 0 ? 'partly approved' : state;
}

export async function summaryOf(store: Store, row: ApprovalRow): Promise<ApprovalSummary> {
  const { rows } = await store.execute<{ subject: string }>(sql`
    select subject from approval_changes where tenant = ${row.tenant} and number = ${row.number}
    and position < ${changesScanned} group by 1 order by min(position) limit ${subjectsMax}`);
  return {
    id: `${row.tenant}/${row.number}`,
    tenant: row.tenant,
    rule: row.rule,
    state: await shownState(store, row),
    opened: row.openedAt.toISOString(),
    expires: row.expiresAt.toISOString(),
    changes: await countChangesOf(store, row.tenant, row.number),
    subjects: rows.map(({ subject }) => subject),
  };
}

/** A page of an approval's changes, with their decisions. */
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
    .where(and(isChangeOf(tenant, number), gte(approvalChanges.position, after)))
    .orderBy(asc(approvalChanges.position))
    .limit(limit);
  return {
    items: rows.map((row) => ({ ...row.line, position: row.position, decision: row.decision })),
    next: nextOf(rows, limit),
  };
}

/** Keys of the first people and teams that an approval is about. */
export async function subjectsOfApproval(
  store: Store,
  tenant: string,
  number: number,
  limit: number,
): Promise<string[]> {
  const rows = await store
    .selectDistinct({ key: approvalChanges.subjectKey })
    .from(approvalChanges)
    .where(isChangeOf(tenant, number))
    .orderBy(asc(approvalChanges.subjectKey))
    .limit(limit);
  return rows.map(({ key }) => key);
}

/** How many approvals of each of these tenants are open; tenants without any are left out. */
export async function openApprovalCounts(
  store: Store,
  names: readonly string[],
): Promise<Map<string, number>> {
  const rows = await store
    .select({ tenant: approvals.tenant, count: count() })
    .from(approvals)
    .where(and(isOneOf(approvals.tenant, names), isOpen))
    .groupBy(approvals.tenant);
  return new Map(rows.map((row) => [row.tenant, row.count]));
}
