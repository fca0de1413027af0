/** What earlier approvals mean for the next plan: which changes they free, and which still wait (docs/reference/rules.md section 6). */
import { and, asc, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { HoldRule } from '../../domain/plan/change.ts';
import { isOneOf, type Store } from '../database.ts';
import { standingPlans } from '../planning/cycles.ts';
import type { ChangeRow } from '../planning/plans.ts';
import { approvalChanges, approvals } from '../schema/approval-tables.ts';
import type { ApprovalChangeRow, ApprovalRow } from './approvals.ts';

const isOwnApproval = and(
  eq(approvals.tenant, approvalChanges.tenant),
  eq(approvals.number, approvalChanges.number),
);

/** What earlier approvals mean for the next plan. */
export interface ApprovalState {
  /** Fingerprints that may be applied, with the number of the approval. */
  approved: Map<string, number>;
  /** Fingerprints that an approval was requested for and not given: they stay held by that rule. */
  requestedRules: Map<string, HoldRule>;
  /** Those of `requestedRules` that a person rejected. */
  rejected: Set<string>;
  /** Those of `requestedRules` that get no new approval yet: one is open, or ended without a yes not long ago. */
  quiet: Set<string>;
}

/**
 * What was decided so far. Once an approval was requested for a change, time alone does not free it. When `rejectionHolds`
 * has passed, or a yes has expired before it was used, a change that is still held stays held and gets a new approval.
 */
export async function loadApprovalState(
  store: Store,
  tenant: string,
  now: Date,
  rejectionHoldsMs: number,
): Promise<ApprovalState> {
  const quietSince = new Date(now.getTime() - rejectionHoldsMs);
  // Joined: "in" beside "or" compares each change with each held one, of which there may be a hundred thousand.
  const held = sql`(select distinct fingerprint from (${heldFingerprints(tenant)}) as standing) as held`;
  const rows = await store
    .select({
      fingerprint: approvalChanges.fingerprint,
      decision: approvalChanges.decision,
      number: approvals.number,
      rule: approvals.rule,
      state: approvals.state,
      expiresAt: approvals.expiresAt,
      closedAt: approvals.closedAt,
      reopenedAt: approvals.reopenedAt,
    })
    .from(approvalChanges)
    .innerJoin(approvals, isOwnApproval)
    .leftJoin(held, sql`held.fingerprint = ${approvalChanges.fingerprint}`)
    .where(
      and(
        eq(approvalChanges.tenant, tenant),
        isNull(approvalChanges.usedAt),
        or(
          gt(sql`coalesce(${approvals.closedAt}, now())`, quietSince),
          // A yes counts until its approval expires, also when `rejectionHolds` is shorter.
          and(eq(approvalChanges.decision, 'approved'), gt(approvals.expiresAt, now)),
          sql`held.fingerprint is not null`,
        ),
      ),
    )
    .orderBy(asc(approvals.number));
  const state: ApprovalState = {
    approved: new Map(),
    requestedRules: new Map(),
    rejected: new Set(),
    quiet: new Set(),
  };
  for (const row of rows) addToState(state, row, { now, quietSince });
  return state;
}

/** Selects the fingerprints that a standing plan holds. */
export const heldFingerprints = (tenant: string): SQL =>
  sql`select fingerprint from changes where tenant = ${tenant} and status = 'held' and cycle in ${standingPlans(tenant)}`;

type DecidedRow = Pick<ApprovalChangeRow, 'fingerprint' | 'decision'> &
  Pick<ApprovalRow, 'number' | 'rule' | 'state' | 'expiresAt' | 'closedAt' | 'reopenedAt'>;

/** A later approval of the same change replaces an earlier one. */
function addToState(
  { approved, requestedRules, rejected, quiet }: ApprovalState,
  { fingerprint, decision, number, rule, state, expiresAt, closedAt, reopenedAt }: DecidedRow,
  { now, quietSince }: { now: Date; quietSince: Date },
): void {
  if (decision === null && state === 'ended by itself') return;
  approved.delete(fingerprint);
  rejected.delete(fingerprint);
  quiet.delete(fingerprint);
  requestedRules.set(fingerprint, rule);
  if (decision === 'approved') {
    if (expiresAt <= now) return;
    requestedRules.delete(fingerprint);
    approved.set(fingerprint, number);
    return;
  }
  // A person asked for it again: it stays held, and the next plan asks.
  if (reopenedAt !== null) return;
  if (decision === 'rejected') rejected.add(fingerprint);
  if (closedAt === null || closedAt > quietSince) quiet.add(fingerprint);
}

/** Uses an approval up: the change is done, and needs a new approval before it is done again. */
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

/** Changes that wait for a decision, with the numbers of their approvals; `which` is a further condition. */
export async function changesWithOpenApproval(
  store: Store,
  tenant: string,
  which: SQL,
): Promise<{ number: number; fingerprint: string }[]> {
  return await store
    .select({ number: approvals.number, fingerprint: approvalChanges.fingerprint })
    .from(approvalChanges)
    .innerJoin(approvals, isOwnApproval)
    .where(
      and(
        eq(approvalChanges.tenant, tenant),
        eq(approvals.state, 'open'),
        isNull(approvalChanges.decision),
        which,
      ),
    );
}

/** The open approval of each of these changes, by fingerprint: `contoso/3`. */
export async function openApprovalsOf(
  store: Store,
  tenant: string,
  fingerprints: string[],
): Promise<Map<string, string>> {
  if (fingerprints.length === 0) return new Map();
  const rows = await changesWithOpenApproval(
    store,
    tenant,
    isOneOf(approvalChanges.fingerprint, fingerprints),
  );
  return new Map(rows.map(({ number, fingerprint }) => [fingerprint, `${tenant}/${number}`]));
}
