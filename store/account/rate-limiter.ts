/**
 * One rate budget an account, over all workers: each request takes the next free moment from one row, so the budget is
 * exact however many processes ask. A process keeps its callers in a line of its own and takes moments for the foremost
 * only, so that after a 429 nobody holds a moment that no longer counts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { ThrottledError } from '../../domain/errors.ts';
import { lazy } from '../../domain/lazy.ts';
import type { Meter } from '../../domain/meter.ts';
import {
  afterRefusal,
  afterReview,
  initialRateMemory,
  type RateState,
  rateOf,
  recentStartsMax,
} from '../../domain/rate-limit/rate-limiter.ts';
import type { Database, Store } from '../database.ts';
import { rateLimits } from '../schema/account-tables.ts';

/** Moments are taken for so long ahead, so that a fast account does not cost a round trip for each request. */
const takenAheadMs = 30;
/** Whoever would have to wait longer is sent away with the time, and leaves its place on the worker to others. */
const patienceMs = 10_000;
/** Where the limit is near, a request that is this late would come too close to the next ones. */
const latenessMaxMs = 40;
/** A machine that is late again and again goes on all the same. */
const lateInRowMax = 3;
const reviewEveryMs = 500;
/** So many answers at least tell how long one takes. */
const latenciesMin = 4;

export interface RateLimiterSettings {
  /** Whose budget: endpoint and number of the account. */
  account: string;
  requestsPerSecond: number;
  meter?: Pick<Meter, 'timelyRate'>;
}

/** A moment that a request may start at: by the database's clock, and by `performance.now()`. */
interface Moment {
  startedAtMs: number;
  localMs: number;
}

interface Waiting {
  /** Begins what it needs for its request, once. */
  prepared(): Promise<unknown>;
  start(startedAtMs: number): void;
  giveUp(error: unknown): void;
}

/** What one request for moments brought. */
interface Taken {
  moments: Moment[];
  perSecond: number;
  isLimited: boolean;
  reviewDue: boolean;
}

/** The account's budget as `timely/` wants it. */
export function createRateLimiter(database: Database, settings: RateLimiterSettings) {
  const line: Waiting[] = [];
  const clock = new OwnClock();
  let refusals = 0;
  let lateInRow = 0;
  let isServing = false;
  let perSecond = settings.requestsPerSecond;

  async function serve(): Promise<void> {
    isServing = true;
    try {
      while (line.length > 0) {
        const ahead = Math.max(Math.floor((perSecond * takenAheadMs) / 1_000), 1);
        const seen = refusals;
        const taken = await take(database, settings, Math.min(line.length, ahead));
        perSecond = taken.perSecond;
        await Promise.all([
          handOutAll(taken, () => refusals === seen),
          taken.reviewDue ? review(database, settings, clock.latencyMs()) : null,
        ]);
      }
    } catch (error) {
      for (const caller of line.splice(0)) caller.giveUp(error);
    } finally {
      isServing = false;
    }
  }

  async function handOutAll({ moments, isLimited }: Taken, holds: () => boolean): Promise<void> {
    // Whoever fails to prepare is told so below, when its moment comes.
    for (const caller of line.slice(0, moments.length)) caller.prepared().catch(() => undefined);
    for (const moment of moments) if (!(await handOut(moment, isLimited, holds))) return;
  }

  /** False when this moment, and with it those taken behind it, are not to be used. */
  async function handOut({ startedAtMs, localMs }: Moment, isLimited: boolean, holds: () => boolean) {
    const waitMs = localMs - performance.now();
    if (waitMs > patienceMs) {
      for (const caller of line.splice(0)) caller.giveUp(noRoom(waitMs));
      return false;
    }
    if (waitMs > 1) await sleep(waitMs);
    if (waitMs > 1) clock.woke(performance.now() - localMs);
    const [foremost] = line;
    if (!foremost) return false;
    const failure = await foremost.prepared().then(
      () => null,
      (error: unknown) => ({ error }),
    );
    if (!holds()) return false;
    const lateMs = performance.now() - localMs;
    lateInRow = isLimited && lateMs > latenessMaxMs ? lateInRow + 1 : 0;
    if (lateInRow > 0 && lateInRow <= lateInRowMax) return false;
    line.shift();
    if (failure === null) foremost.start(startedAtMs);
    else foremost.giveUp(failure.error);
    return true;
  }

  return {
    /** Resolves when a request may start, with that moment. @throws ThrottledError when that is too far away */
    async wait<Prepared>(prepare: () => Promise<Prepared>): Promise<{ moment: number; prepared: Prepared }> {
      const prepared = lazy(prepare);
      const moment = await new Promise<number>((start, giveUp) => {
        line.push({ prepared, start, giveUp });
        if (!isServing) void serve();
      });
      return { moment, prepared: await prepared() };
    },
    /** Requests per second as found by whatever worker; the configured ones before the first. */
    async perSecond(): Promise<number> {
      const found = await database
        .select({ rate: rateLimits.requestsPerSecond })
        .from(rateLimits)
        .where(eq(rateLimits.account, settings.account));
      return Math.min(found[0]?.rate ?? settings.requestsPerSecond, settings.requestsPerSecond);
    },
    /** Timely answered, after this time. */
    recordLatency: (latencyMs: number) => clock.recordLatency(latencyMs),
    /** Timely answered 429 to the request that started then. */
    async backOff(startedAtMs: number, retryAfterMs: number | null): Promise<void> {
      refusals += 1;
      const { requestsPerSecond: maxPerSecond } = settings;
      await change(database, settings, (state, nowMs) =>
        afterRefusal(state, { nowMs, startedAtMs, retryAfterMs, maxPerSecond }),
      );
    },
  };
}

const noRoom = (waitMs: number) =>
  new ThrottledError(`The rate budget of the Timely account has no room for ${Math.ceil(waitMs / 1000)} s`, {
    retryAfterMs: waitMs,
  });

/** How long answers take, as long as this process is not what makes them late. */
class OwnClock {
  #latenciesMs: number[] = [];
  #lateMs = 0;

  recordLatency(latencyMs: number): void {
    this.#latenciesMs.push(latencyMs);
  }

  /** A timer of ours fired so much too late: then answers are read too late as well. */
  woke(lateMs: number): void {
    this.#lateMs = Math.max(this.#lateMs, lateMs);
  }

  /** Of the quicker answers since the last call, which our own pauses touch least. */
  latencyMs(): number | null {
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b);
    const isOurDoing = this.#lateMs > latenessMaxMs;
    this.#latenciesMs = [];
    this.#lateMs = 0;
    return sorted.length < latenciesMin || isOurDoing
      ? null
      : (sorted[Math.floor(sorted.length / 4)] ?? null);
  }
}

const nowMsSql = sql`(extract(epoch from clock_timestamp()) * 1000)::float8`;

/** Takes the next moments in one round trip. */
async function take(database: Database, settings: RateLimiterSettings, count: number): Promise<Taken> {
  const { account, requestsPerSecond: max, meter } = settings;
  const intervalMs = sql`(1000 / least(${max}::float8, requests_per_second))`;
  const first = sql`greatest(next_at_ms, ${nowMsSql})`;
  const { rows } = await database.execute<Row>(sql`
    update ${rateLimits} set
      next_at_ms = ${first} + ${count}::int * ${intervalMs},
      starts = (array(
        select ${first} + place * ${intervalMs} from generate_series(${count}::int - 1, 0, -1) as place
      ) || starts)[1:${recentStartsMax}::int],
      started = started + ${count}::int
    where account = ${account}
    returning next_at_ms, requests_per_second, ${nowMsSql} as now_ms, review_at_ms < ${nowMsSql} as review_due,
      memory -> 'limit' ->> 'refused' as refused`);
  const [row] = rows;
  if (!row) {
    await begin(database, settings);
    return await take(database, settings, count);
  }
  const receivedMs = performance.now();
  const perSecond = Math.min(row.requests_per_second, max);
  meter?.timelyRate({ perSecond, refused: row.refused === null ? null : Number(row.refused) });
  const moments = Array.from({ length: count }, (_, place) => {
    const startedAtMs = row.next_at_ms - ((count - place) * 1000) / perSecond;
    return { startedAtMs, localMs: receivedMs + startedAtMs - row.now_ms };
  });
  return { moments, perSecond, isLimited: row.refused !== null, reviewDue: row.review_due };
}

interface Row extends Record<string, unknown> {
  next_at_ms: number;
  requests_per_second: number;
  now_ms: number;
  review_due: boolean;
  refused: string | null;
}

async function begin(database: Database, { account, requestsPerSecond }: RateLimiterSettings): Promise<void> {
  const nowMs = await databaseNowMs(database);
  await database
    .insert(rateLimits)
    .values({
      account,
      nextAtMs: nowMs,
      requestsPerSecond,
      starts: [],
      started: 0,
      reviewAtMs: nowMs + reviewEveryMs,
      memory: initialRateMemory(requestsPerSecond, nowMs),
    })
    .onConflictDoNothing();
}

async function databaseNowMs(store: Store): Promise<number> {
  const { rows } = await store.execute<{ now_ms: number }>(sql`select ${nowMsSql} as now_ms`);
  return Number(rows[0]?.now_ms);
}

async function review(
  database: Database,
  settings: RateLimiterSettings,
  latencyMs: number | null,
): Promise<void> {
  const { requestsPerSecond: maxPerSecond } = settings;
  await change(database, settings, (state, nowMs, reviewAtMs) =>
    // Another worker was quicker.
    reviewAtMs > nowMs ? state : afterReview(state, { nowMs, latencyMs, maxPerSecond }),
  );
}

type Rule = (state: RateState, nowMs: number, reviewAtMs: number) => RateState;

/** Applies what was learnt under the row's lock. */
async function change(database: Database, { account }: RateLimiterSettings, rule: Rule): Promise<void> {
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
