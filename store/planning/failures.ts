/** Changes that Timely did not take: those that are tried again later, and those that wait for a seat. */
import { and, eq, isNotNull, lt, sql } from 'drizzle-orm';
import type { Failure } from '../../domain/contract/report.ts';
import { dayMs } from '../../domain/time.ts';
import { isOneOf, type Store } from '../database.ts';
import { requestReplan } from '../replica/dirty-subjects.ts';
import { changes, failures } from '../schema/planning-tables.ts';
import { type ChangeRow, setStatus } from './plans.ts';

/** First wait after a failure, doubled each time up to a day (docs/reference/rules.md section 7). */
const retryFirstMs = 60_000;
const retryMaxMs = dayMs;

/** Records the failure of a change, and when it is tried again. */
export async function recordFailure(store: Store, row: ChangeRow, refusal: Failure, now: Date) {
  const [before] = await store
    .select()
    .from(failures)
    .where(and(eq(failures.tenant, row.tenant), eq(failures.subjectKey, row.subjectKey)));
  const times = before?.fingerprint === row.fingerprint ? before.times + 1 : 1;
  const waitMs = Math.min(retryFirstMs * 2 ** (times - 1), retryMaxMs);
  const nextTryAt = new Date(now.getTime() + waitMs);
  const failure: Failure = { ...refusal, tries: times, nextTryAt: nextTryAt.toISOString() };
  await setStatus(store, row, 'failed', failure);
  const values = { fingerprint: row.fingerprint, times, failure, nextTryAt };
  await store
    .insert(failures)
    .values({ tenant: row.tenant, subjectKey: row.subjectKey, ...values })
    .onConflictDoUpdate({ target: [failures.tenant, failures.subjectKey], set: values });
}

export async function clearFailure(store: Store, tenant: string, subjectKey: string): Promise<void> {
  await store.delete(failures).where(and(eq(failures.tenant, tenant), eq(failures.subjectKey, subjectKey)));
}

export async function loadFailures(store: Store, tenant: string) {
  return await store.select().from(failures).where(eq(failures.tenant, tenant));
}

/** Keeps the failures of these subjects only: no plan changes the others any more. */
export async function carryFailures(store: Store, tenant: string, subjectKeys: string[]): Promise<void> {
  await store.execute(sql`
    delete from failures where tenant = ${tenant}
    and not ${isOneOf(sql`subject_key`, subjectKeys)}`);
}

/** Whether a failed change is due for its next try. */
export async function retryIsDue(store: Store, tenant: string, now: Date): Promise<boolean> {
  return (await store.$count(failures, and(eq(failures.tenant, tenant), lt(failures.nextTryAt, now)))) > 0;
}

/** Holds a change for a seat; `refusal` is what Timely responded for this person. The next cycle plans again. */
export async function holdForSeat(
  store: Store,
  row: ChangeRow,
  holdDetail: string,
  refusal: ChangeRow['failure'] = null,
): Promise<void> {
  await store
    .update(changes)
    .set({ status: 'held', holdRule: 'no-seat', holdDetail, failure: refusal })
    .where(
      and(eq(changes.tenant, row.tenant), eq(changes.cycle, row.cycle), eq(changes.position, row.position)),
    );
  await clearFailure(store, row.tenant, row.subjectKey);
  await requestReplan(store, row.tenant);
}

/** Whether Timely has refused a change of the cycle's plan for want of a seat. */
export async function seatRefused(store: Store, tenant: string, cycle: number): Promise<boolean> {
  const refused = and(
    eq(changes.tenant, tenant),
    eq(changes.cycle, cycle),
    eq(changes.holdRule, 'no-seat'),
    isNotNull(changes.failure),
  );
  return (await store.$count(changes, refused)) > 0;
}
