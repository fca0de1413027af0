/** One row for each account's rate, shared by all workers. Moments are milliseconds since 1970 by the database's clock. */
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Meter } from '../../domain/meter.ts';
import {
  afterRefusal,
  afterReview,
  initialRateMemory,
  type RateRefusal,
  type RateState,
  rateOf,
  recentStartsMax,
} from '../../domain/rate-limit/rate-limiter.ts';
import type { Database, Store } from '../database.ts';
import { rateLimits } from '../schema/account-tables.ts';

const reviewEveryMs = 500;
/** In the row of a budget whose limit each worker knows from the service. */
export const unlimitedPerSecond = 10_000;
/** Time without requests that is caught up with. */
const catchUpMs = 1_000;

export interface RateBudget {
  /** Endpoint and number of the account. */
  account: string;
  /** The most that the tenant file allows. */
  requestsPerSecond: number;
  /** How many requests may start at once after a rest; a fraction lets the next one start sooner. Default: 1. */
  burst?: number;
  /** Whether refusals and response times teach the rate. Default: true; false where the service states its limit. */
  isLearnt?: boolean;
  /** Whose budget it is, for messages. Default: the Timely account. */
  of?: string;
  meter?: Pick<Meter, 'timelyRate'>;
}

/** When a request may start: by the database's clock, and by `performance.now()`. */
export interface Slot {
  startedAtMs: number;
  localMs: number;
}

export interface SlotReservation {
  slots: Slot[];
  perSecond: number;
  /** Whether a limit of the account is known. */
  isLimited: boolean;
  reviewDue: boolean;
}

const nowMsSql = sql`(extract(epoch from clock_timestamp()) * 1000)::float8`;

/**
 * Reserves the next slots in one round trip. While no limit is known, an account that asked for less than its rate catches
 * up: requests then follow each other at half the interval, and any second still has no more of them than the rate allows.
 */
export async function reserveSlots(
  database: Database,
  budget: RateBudget,
  count: number,
): Promise<SlotReservation> {
  const { account, requestsPerSecond: max, burst = 1, meter } = budget;
  const intervalMs = sql`(1000 / least(${max}::float8, requests_per_second))`;
  const catchesUp = mayCatchUp(max);
  // The start that this many requests later is to be a second ago.
  const inWindow = sql`(ceil(requests_per_second)::int - ${count}::int + 1)`;
  const due = sql`case when ${catchesUp}
    then greatest(next_at_ms, ${nowMsSql} - ${catchUpMs}::float8, starts[${inWindow}] + ${inWindow} * ${intervalMs})
    else greatest(next_at_ms, ${nowMsSql} - ${burst - 1}::float8 * ${intervalMs}) end`;
  const first = sql`greatest(${due}, starts[1] + ${intervalMs} / 2, case when ${catchesUp} then ${nowMsSql} end)`;
  const paceMs = sql`case when ${catchesUp} and ${due} < ${nowMsSql} then ${intervalMs} / 2 else ${intervalMs} end`;
  const { rows } = await database.execute<ReservedRow>(sql`
    update ${rateLimits} set
      next_at_ms = ${due} + ${count}::int * ${intervalMs},
      starts = (array(
        select ${first} + place * ${paceMs} from generate_series(${count}::int - 1, 0, -1) as place
      ) || starts)[1:${recentStartsMax}::int],
      started = started + ${count}::int
    where account = ${account}
    returning starts[1:${count}::int] as starts, requests_per_second, ${nowMsSql} as now_ms,
      review_at_ms < ${nowMsSql} as review_due, memory -> 'limit' ->> 'refused' as refused`);
  const [row] = rows;
  if (!row) {
    await insertBudget(database, budget);
    return await reserveSlots(database, budget, count);
  }
  const receivedMs = performance.now();
  const perSecond = Math.min(row.requests_per_second, max);
  meter?.timelyRate({ perSecond, refused: row.refused === null ? null : Number(row.refused) });
  const slots = row.starts
    .toReversed()
    .map((startedAtMs) => ({ startedAtMs, localMs: receivedMs + startedAtMs - row.now_ms }));
  return { slots, perSecond, isLimited: row.refused !== null, reviewDue: row.review_due };
}

/** Only a budget that is the account's own, and whose kept starts reach back for a second. */
const mayCatchUp = (max: number) => sql`(memory -> 'limit' ->> 'refused' is null
  and requests_per_second <= least(${max}::float8, ${recentStartsMax}::float8))`;

interface ReservedRow extends Record<string, unknown> {
  /** Newest first. */
  starts: number[];
  requests_per_second: number;
  now_ms: number;
  review_due: boolean;
  refused: string | null;
}

async function insertBudget(
  database: Database,
  { account, isLearnt = true, ...budget }: RateBudget,
): Promise<void> {
  const nowMs = await databaseNowMs(database);
  const requestsPerSecond = isLearnt ? budget.requestsPerSecond : unlimitedPerSecond;
  await database
    .insert(rateLimits)
    .values({
      account,
      nextAtMs: isLearnt ? nowMs - catchUpMs : nowMs,
      requestsPerSecond,
      starts: [],
      started: 0,
      reviewAtMs: nowMs + reviewEveryMs,
      memory: initialRateMemory(requestsPerSecond, nowMs),
    })
    .onConflictDoNothing();
}

/** Holds back all requests of the account for `waitMs`, those too whose start is reserved. */
export const delayBudget = (database: Database, { account }: RateBudget, waitMs: number): Promise<void> =>
  delayWhere(database, sql`account = ${account}`, waitMs);

/** The same for all accounts whose names begin with `beginning`. */
export const delayBudgets = (database: Database, beginning: string, waitMs: number): Promise<void> =>
  delayWhere(database, sql`starts_with(account, ${beginning})`, waitMs);

async function delayWhere(database: Database, isMeant: SQL, waitMs: number): Promise<void> {
  await database.execute(sql`
    update ${rateLimits} set next_at_ms = greatest(next_at_ms, ${nowMsSql} + ${waitMs}::float8), starts = '{}'
    where ${isMeant}`);
}

/** Whether a start that was reserved still holds: `delayBudget` takes all of them back. */
export async function isReserved(
  database: Database,
  { account }: RateBudget,
  startedAtMs: number,
): Promise<boolean> {
  const { rows } = await database.execute<{ reserved: boolean }>(sql`
    select ${startedAtMs}::float8 = any(starts) as reserved from ${rateLimits} where account = ${account}`);
  return rows[0]?.reserved ?? true;
}

/** Slows the account down after a 429. */
export async function recordThrottling(
  database: Database,
  budget: RateBudget,
  { startedAtMs, retryAfterMs }: Pick<RateRefusal, 'startedAtMs' | 'retryAfterMs'>,
): Promise<void> {
  const { requestsPerSecond: maxPerSecond } = budget;
  await updateBudget(database, budget, (state, nowMs) =>
    afterRefusal(state, { nowMs, startedAtMs, retryAfterMs, maxPerSecond }),
  );
}

/** Adapts the rate to what the time without a refusal shows, unless another worker has just done so. */
export async function recordReview(
  database: Database,
  budget: RateBudget,
  latencyMs: number | null,
): Promise<void> {
  const { requestsPerSecond: maxPerSecond } = budget;
  await updateBudget(database, budget, (state, nowMs, reviewAtMs) =>
    reviewAtMs > nowMs ? state : afterReview(state, { nowMs, latencyMs, maxPerSecond }),
  );
}

type UpdateRule = (state: RateState, nowMs: number, reviewAtMs: number) => RateState;

/** Updates the row under its lock. */
async function updateBudget(database: Database, { account }: RateBudget, rule: UpdateRule): Promise<void> {
  await database.transaction(async (store) => {
    const [row] = await store.select().from(rateLimits).where(eq(rateLimits.account, account)).for('update');
    if (!row) return;
    const nowMs = await databaseNowMs(store);
    const { memory, nextAtMs } = rule(row, nowMs, row.reviewAtMs);
    await store
      .update(rateLimits)
      .set({
        memory,
        nextAtMs,
        requestsPerSecond: rateOf(memory, Number.POSITIVE_INFINITY),
        reviewAtMs: nowMs + reviewEveryMs,
      })
      .where(eq(rateLimits.account, account));
  });
}

async function databaseNowMs(store: Store): Promise<number> {
  const { rows } = await store.execute<{ now_ms: number }>(sql`select ${nowMsSql} as now_ms`);
  return Number(rows[0]?.now_ms);
}
