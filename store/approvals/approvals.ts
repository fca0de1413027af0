/**
 * Requests for approval: what they ask about, what was decided, and which fingerprints that frees
 * (docs/reference/rules.md section 6).
 */
import { and, asc, eq, gt, gte, inArray, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import type { ApprovalStatus, ApprovalSummary, Page } from '../../domain/contract/report.ts';
import type { HoldRule } from '../../domain/plan/change.ts';
import type { Store } from '../database.ts';
import { nextOf } from '../planning/cycle-reports.ts';
import { standingPlans } from '../planning/cycles.ts';
import type { ChangeRow } from '../planning/plans.ts';
import { approvalChanges, approvals } from '../schema/approval-tables.ts';

export type ApprovalRow = typeof approvals.$inferSelect;
export type ApprovalChangeRow = typeof approvalChanges.$inferSelect;

/** What earlier requests mean for a plan made now. */
export interface ApprovalState {
  /** Fingerprints with a live approval that was not used yet, and the request that gave it. */
  approved: Map<string, number>;
  /** Fingerprints that were asked about and not approved: they stay held by that rule. */
  asked: Map<string, HoldRule>;
  /** Those of `asked` to which somebody said no. */
  rejected: Set<string>;
  /** Those of `asked` that nobody is asked about again yet: a request is open, was rejected, or ended unanswered not long ago. */
  quiet: Set<string>;
}

/**
 * What was decided, newest request last. Once a change was asked about, time alone does not free it: a change that is
 * still held when `rejectionHolds` has passed, or whose approval ran out before it was used, stays held and is asked
 * about anew.
 */
export async function loadApprovalState(
  store: Store,
  tenant: string,
  now: Date,
  rejectionHoldsMs: number,
): Promise<ApprovalState> {
  const remembered = new Date(now.getTime() - rejectionHoldsMs);
  const rows = await store
    .select({
      fingerprint: approvalChanges.fingerprint,
      decision: approvalChanges.decision,
      number: approvals.number,
      rule: approvals.rule,
      state: approvals.state,
      expiresAt: approvals.expiresAt,
      closedAt: approvals.closedAt,
    })
    .from(approvalChanges)
    .innerJoin(
      approvals,
      and(eq(approvals.tenant, approvalChanges.tenant), eq(approvals.number, approvalChanges.number)),
    )
    .where(
      and(
        eq(approvalChanges.tenant, tenant),
        isNull(approvalChanges.usedAt),
        or(
          gt(sql`coalesce(${approvals.closedAt}, now())`, remembered),
          // A yes counts until its request's expiry, however soon a no is forgotten.
          and(eq(approvalChanges.decision, 'approved'), gt(approvals.expiresAt, now)),
          sql`${approvalChanges.fingerprint} in (${heldNow(tenant)})`,
        ),
      ),
    )
    .orderBy(asc(approvals.number));
  const standing: ApprovalState = {
    approved: new Map(),
    asked: new Map(),
    rejected: new Set(),
    quiet: new Set(),
  };
  for (const row of rows) note(standing, row, { now, remembered });
  return standing;
}

/** Fingerprints that a standing plan holds. */
export const heldNow = (tenant: string): SQL =>
  sql`select fingerprint from changes where tenant = ${tenant} and status = 'held' and cycle in ${standingPlans(tenant)}`;

type StandingRow = Pick<ApprovalChangeRow, 'fingerprint' | 'decision'> &
  Pick<ApprovalRow, 'number' | 'rule' | 'state' | 'expiresAt' | 'closedAt'>;

/** A later request about the same change takes the place of an earlier one. */
function note(
  { approved, asked, rejected, quiet }: ApprovalState,
  { fingerprint, decision, number, rule, state, expiresAt, closedAt }: StandingRow,
  { now, remembered }: { now: Date; remembered: Date },
): void {
  if (decision === null && state === 'ended by itself') return;
  approved.delete(fingerprint);
  rejected.delete(fingerprint);
  quiet.delete(fingerprint);
  asked.set(fingerprint, rule);
  if (decision === 'approved') {
    if (expiresAt <= now) return;
    asked.delete(fingerprint);
    approved.set(fingerprint, number);
    return;
  }
  if (decision === 'rejected') rejected.add(fingerprint);
  if (closedAt === null || closedAt > remembered) quiet.add(fingerprint);
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

export async function approvalRow(store: Store, tenant: string, number: number): Promise<ApprovalRow | null> {
  const [row] = await store
    .select()
    .from(approvals)
    .where(and(eq(approvals.tenant, tenant), eq(approvals.number, number)));
  return row ?? null;
}

/** Requests about which there may be something to tell: open ones, and those that have expired since. */
export async function approvalsToNotify(store: Store, tenant: string, since: Date): Promise<ApprovalRow[]> {
  const expired = and(eq(approvals.state, 'expired'), gt(approvals.closedAt, since));
  return await store
    .select()
    .from(approvals)
    .where(and(eq(approvals.tenant, tenant), or(eq(approvals.state, 'open'), expired)))
    .orderBy(asc(approvals.number));
}

/** How many changes a request asks about. */
export async function countChangesOf(store: Store, tenant: string, number: number): Promise<number> {
  return await store.$count(
    approvalChanges,
    and(eq(approvalChanges.tenant, tenant), eq(approvalChanges.number, number)),
  );
}

/** Who has approved what of a request is not decided yet, with the number of changes. */
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

/** Notes that the workflows of these requests run, or know that they have ended. */
export async function markAnnounced(store: Store, tenant: string, numbers: number[]): Promise<void> {
  await store
    .update(approvals)
    .set({ announced: true })
    .where(and(eq(approvals.tenant, tenant), inArray(approvals.number, numbers)));
}

/**
 * The next plan starts the workflows of open requests again, or tells those that run to look again: a tenant's loop has
 * begun anew, perhaps on a Temporal server that has lost its data, there is a new tenant file, or a whole cycle makes sure.
 */
export async function announceAgain(store: Store, tenant: string): Promise<void> {
  await store
    .update(approvals)
    .set({ announced: false })
    .where(and(eq(approvals.tenant, tenant), eq(approvals.state, 'open')));
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
    .where(and(eq(approvals.tenant, tenant), eq(approvals.number, number), eq(approvals.state, 'open')));
}

/** Ends requests whose time has passed. Their workflows do that, unless they are gone. */
export async function closeExpired(store: Store, tenant: string, now: Date): Promise<void> {
  await store
    .update(approvals)
    .set({ state: 'expired', closedAt: now })
    .where(and(eq(approvals.tenant, tenant), eq(approvals.state, 'open'), lte(approvals.expiresAt, now)));
}

/** All changes of a request, in plan order. */
export async function approvalChangeRows(
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

/** Subjects shown in a list; the whole request is paged by `approval`. A few changes may concern the same one. */
const subjectsMax = 100;
const changesLookedAt = 10 * subjectsMax;

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
  const { rows } = await store.execute<{ subject: string }>(sql`
    select line->>'subject' as subject from approval_changes where tenant = ${row.tenant} and number = ${row.number}
    and position < ${changesLookedAt} group by 1 order by min(position) limit ${subjectsMax}`);
  const lines = and(eq(approvalChanges.tenant, row.tenant), eq(approvalChanges.number, row.number));
  return {
    id: `${row.tenant}/${row.number}`,
    tenant: row.tenant,
    rule: row.rule,
    state: row.state,
    opened: row.openedAt.toISOString(),
    expires: row.expiresAt.toISOString(),
    changes: await store.$count(approvalChanges, lines),
    subjects: rows.map(({ subject }) => subject),
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
