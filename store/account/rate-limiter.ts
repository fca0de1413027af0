/**
 * Limits the requests to one account, over all workers: each request takes the next free slot from one row, so the rate is
 * exact however many processes ask. A process keeps its callers in a queue and reserves slots for the first ones only, so
 * that after a 429 no caller holds a slot that is void.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { ThrottledError } from '../../domain/errors.ts';
import { lazy } from '../../domain/lazy.ts';
import { recentStartsMax } from '../../domain/rate-limit/rate-limiter.ts';
import type { Database } from '../database.ts';
import { rateLimits } from '../schema/account-tables.ts';
import {
  delayBudget,
  type RateBudget,
  recordReview,
  recordThrottling,
  reserveSlots,
  type Slot,
  type SlotReservation,
} from './rate-budget.ts';

/** Slots are reserved this long ahead, so that a fast account does not cost a round trip for each request. */
const reserveAheadMs = 100;
/** Near a limit, fewer are void after a 429. */
const reserveAheadOfLimitMs = 30;
/** A caller that would have to wait longer is rejected with that time, and frees its place on the worker. */
const waitMaxMs = 10_000;
/** Near the limit, a request that starts this late would come too close to the next ones. */
const latenessMaxMs = 40;
/** After this many late slots in a row a slow machine uses them anyway. */
const lateInRowMax = 3;
/** Fewer responses say too little about how long one takes. */
const latenciesMin = 4;

interface Waiter {
  /** Begins what it needs for its request, once. */
  prepared(): Promise<unknown>;
  start(startedAtMs: number): void;
  reject(error: unknown): void;
  /** The queue moves, so the wait does not hang. */
  noteProgress(): void;
}

/** Whose wait it is: it ends with the signal (http/work-scope.ts). */
interface WaitingWork {
  signal: AbortSignal;
  noteProgress(): void;
}

const noteProgressEveryMs = 2_000;

/** The account's rate limiter, as `timely/` uses it. */
export function createRateLimiter(database: Database, budget: RateBudget) {
  const queue: Waiter[] = [];
  const latencies = new Latencies();
  let refusals = 0;
  let lateInRow = 0;
  let isServing = false;
  let notedProgressAtMs = 0;
  let perSecond = budget.requestsPerSecond;
  let isLimited = true;
  const { isLearnt = true, of = 'Timely account' } = budget;

  async function serve(): Promise<void> {
    isServing = true;
    try {
      while (queue.length > 0) {
        const aheadMs = isLimited || !isLearnt ? reserveAheadOfLimitMs : reserveAheadMs;
        const ahead = Math.max(Math.floor((perSecond * aheadMs) / 1_000), 1);
        const refusalsBefore = refusals;
        const reserved = await reserveSlots(database, budget, Math.min(queue.length, ahead, recentStartsMax));
        ({ perSecond, isLimited } = reserved);
        noteProgress();
        await Promise.all([
          useSlots(reserved, () => refusals === refusalsBefore),
          isLearnt && reserved.reviewDue ? recordReview(database, budget, latencies.takeMs()) : null,
        ]);
      }
    } catch (error) {
      rejectAll(error);
    } finally {
      isServing = false;
    }
  }

  function noteProgress(): void {
    if (performance.now() - notedProgressAtMs < noteProgressEveryMs) return;
    notedProgressAtMs = performance.now();
    for (const waiter of queue) waiter.noteProgress();
  }

  function rejectAll(error: unknown): void {
    for (const waiter of queue.splice(0)) waiter.reject(error);
  }

  async function useSlots({ slots, isLimited }: SlotReservation, areValid: () => boolean): Promise<void> {
    // A waiter that fails to prepare is rejected below, when its slot comes.
    for (const waiter of queue.slice(0, slots.length)) waiter.prepared().catch(() => undefined);
    for (const slot of slots) if (!(await useSlot(slot, isLimited, areValid))) return;
  }

  /** False when this slot and those reserved after it must not be used. */
  async function useSlot({ startedAtMs, localMs }: Slot, isLimited: boolean, areValid: () => boolean) {
    const waitMs = localMs - performance.now();
    if (waitMs > waitMaxMs) {
      rejectAll(noRoom(of, waitMs));
      return false;
    }
    if (waitMs > 1) await sleep(waitMs);
    if (waitMs > 1) latencies.noteLateTimer(performance.now() - localMs);
    const [first] = queue;
    if (!first) return false;
    const failure = await first.prepared().then(
      () => null,
      (error: unknown) => ({ error }),
    );
    if (!areValid() || queue[0] !== first) return false;
    const lateMs = performance.now() - localMs;
    lateInRow = isLimited && lateMs > latenessMaxMs ? lateInRow + 1 : 0;
    if (lateInRow > 0 && lateInRow <= lateInRowMax) return false;
    queue.shift();
    if (failure === null) first.start(startedAtMs);
    else first.reject(failure.error);
    return true;
  }

  return {
    /** Resolves when a request may start, with that moment. @throws ThrottledError when that is too far away */
    async wait<Prepared>(
      prepare: () => Promise<Prepared>,
      work: WaitingWork | null = null,
    ): Promise<{ moment: number; prepared: Prepared }> {
      const prepared = lazy(prepare);
      work?.signal.throwIfAborted();
      let leave: () => void = () => undefined;
      const moment = await new Promise<number>((start, reject) => {
        const waiter = { prepared, start, reject, noteProgress: () => work?.noteProgress() };
        leave = () => {
          const place = queue.indexOf(waiter);
          if (place >= 0) queue.splice(place, 1);
          reject(work?.signal.reason);
        };
        work?.signal.addEventListener('abort', leave);
        queue.push(waiter);
        if (!isServing) void serve();
      }).finally(() => work?.signal.removeEventListener('abort', leave));
      return { moment, prepared: await prepared() };
    },
    /** Requests per second that any worker has found to be safe; the configured ones before the first request. */
    async perSecond(): Promise<number> {
      const { account, requestsPerSecond } = budget;
      const isOfAccount = eq(rateLimits.account, account);
      const [found] = await database
        .select({ rate: rateLimits.requestsPerSecond })
        .from(rateLimits)
        .where(isOfAccount);
      return Math.min(found?.rate ?? requestsPerSecond, requestsPerSecond);
    },
    /** Timely responded after this time. */
    recordLatency: (latencyMs: number) => latencies.add(latencyMs),
    /** Holds back all requests for `waitMs`, as the service asks. */
    async pause(waitMs: number): Promise<void> {
      refusals += 1;
      await delayBudget(database, budget, waitMs);
    },
    /** Timely responded 429 to the request that started then. */
    async backOff(startedAtMs: number, retryAfterMs: number | null): Promise<void> {
      refusals += 1;
      await recordThrottling(database, budget, { startedAtMs, retryAfterMs });
    },
  };
}

const noRoom = (of: string, waitMs: number) =>
  new ThrottledError(`The rate budget of the ${of} has no room for ${Math.ceil(waitMs / 1000)} s`, {
    retryAfterMs: waitMs,
  });

/** How long responses take, while this process is not what delays them. */
class Latencies {
  #latenciesMs: number[] = [];
  #lateMs = 0;

  add(latencyMs: number): void {
    this.#latenciesMs.push(latencyMs);
  }

  /** A timer of ours fired this late: then responses are read late as well. */
  noteLateTimer(lateMs: number): void {
    this.#lateMs = Math.max(this.#lateMs, lateMs);
  }

  /** First quartile since the last call: pauses of this process delay the quicker responses least. Null when unknown. */
  takeMs(): number | null {
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b);
    const isOurDelay = this.#lateMs > latenessMaxMs;
    this.#latenciesMs = [];
    this.#lateMs = 0;
    return sorted.length < latenciesMin || isOurDelay
      ? null
      : (sorted[Math.floor(sorted.length / 4)] ?? null);
  }
}
