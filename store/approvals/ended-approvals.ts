/** Requests that ended without a yes: what is held of them, and until when it is not asked again. */
import { and, asc, eq, isNull, notInArray, type SQL, sql } from 'drizzle-orm';
import type { EndedRequest, EndedRequestSummary } from '../../domain/contract/report.ts';
import { isOneOf, type Store } from '../database.ts';
import { approvalChanges, approvals } from '../schema/approval-tables.ts';
import { heldFingerprints } from './approval-state.ts';

/** For how long what ended without a yes is not asked again, and as of when. */
export interface Silence {
  now: Date;
  rejectionHoldsMs: number;
}

type Ended = EndedRequest & Pick<EndedRequestSummary, 'rule'> & { number: number; subject: string };

const subjectsMax = 100;

/** The ended request of each of these changes that is not asked again yet, by fingerprint. */
export async function endedApprovalsOf(
  store: Store,
  tenant: string,
  fingerprints: string[],
  silence: Silence | null,
): Promise<Map<string, EndedRequest>> {
  if (fingerprints.length === 0 || silence === null) return new Map();
  const found = await endedOf(store, tenant, silence, isOneOf(approvalChanges.fingerprint, fingerprints));
  return new Map(
    [...found].map(([fingerprint, { id, state, until }]) => [fingerprint, { id, state, until }]),
  );
}

/** The ended requests of which a standing plan holds something, oldest first. */
export async function endedApprovals(
  store: Store,
  tenant: string,
  silence: Silence,
): Promise<EndedRequestSummary[]> {
  const isHeld = sql`${approvalChanges.fingerprint} in (${heldFingerprints(tenant)})`;
  const byNumber = new Map<number, EndedRequestSummary>();
  for (const each of (await endedOf(store, tenant, silence, isHeld)).values()) {
    const { number, subject, id, state, until, rule } = each;
    const known = byNumber.get(number) ?? { id, state, until, rule, changes: 0, subjects: [] };
    known.changes += 1;
    if (known.subjects.length < subjectsMax && !known.subjects.includes(subject))
      known.subjects.push(subject);
    byNumber.set(number, known);
  }
  return [...byNumber].sort(([one], [other]) => one - other).map(([, summary]) => summary);
}

/** Tenants with requests of which something may have ended without a yes: of all tenants, or whether this one is. */
export async function tenantsWithEndedApprovals(store: Store, tenant: string | null): Promise<string[]> {
  const rows = await store
    .selectDistinct({ tenant: approvals.tenant })
    .from(approvals)
    .where(
      and(
        tenant === null ? undefined : eq(approvals.tenant, tenant),
        notInArray(approvals.state, ['open', 'approved']),
        isNull(approvals.reopenedAt),
      ),
    )
    .orderBy(asc(approvals.tenant));
  return rows.map((row) => row.tenant);
}

/** A later request of the same change replaces an earlier one. */
async function endedOf(
  store: Store,
  tenant: string,
  { now, rejectionHoldsMs }: Silence,
  which: SQL,
): Promise<Map<string, Ended>> {
  const rows = await store
    .select({
      fingerprint: approvalChanges.fingerprint,
      decision: approvalChanges.decision,
      subject: approvalChanges.subject,
      number: approvals.number,
      rule: approvals.rule,
      state: approvals.state,
      closedAt: approvals.closedAt,
      reopenedAt: approvals.reopenedAt,
    })
    .from(approvalChanges)
    .innerJoin(
      approvals,
      and(eq(approvals.tenant, approvalChanges.tenant), eq(approvals.number, approvalChanges.number)),
    )
    .where(and(eq(approvalChanges.tenant, tenant), isNull(approvalChanges.usedAt), which))
    .orderBy(asc(approvals.number), asc(approvalChanges.position));
  const ended = new Map<string, Ended>();
  for (const { fingerprint, decision, subject, number, rule, state, closedAt, reopenedAt } of rows) {
    if (decision === null && state === 'ended by itself') continue;
    ended.delete(fingerprint);
    if (decision === 'approved' || closedAt === null || reopenedAt !== null) continue;
    const until = new Date(closedAt.getTime() + rejectionHoldsMs);
    if (until <= now) continue;
    const how = decision === 'rejected' ? 'rejected' : 'expired';
    const id = `${tenant}/${number}`;
    ended.set(fingerprint, { id, number, rule, subject, state: how, until: until.toISOString() });
  }
  return ended;
}
