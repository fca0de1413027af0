/**
 * How fast an account is asked, as arithmetic. Timely tells no limit (docs/reference/timely-api.md section 6), so it is
 * found: what was let through in the second before a 429 bounds it, and trials of two seconds narrow it down within
 * eight. Then a rate some per cent below is kept, and tried upwards again only after minutes. Apart from that, answers
 * that take longer and longer slow us down for as long as they do.
 */
import {
  limitAfterRefusal,
  nextTrial,
  noLimit,
  type ServiceLimit,
  safeShare,
  trialMs,
} from './service-limit.ts';

/** What is kept about one account, over all workers and restarts. Moments are milliseconds since 1970. */
export interface RateMemory {
  /** The rate in force, before `backoffFactor`, and since when. */
  perSecond: number;
  sinceMs: number;
  limit: ServiceLimit;
  /** Until then nothing is tried upwards; doubled when that led to a refusal. */
  heldUntilMs: number;
  holdMs: number;
  /** Of the last 429 that counted: requests that began before it say nothing new. */
  refusedAtMs: number;
  refusalsInRow: number;
  /** When the last wait after a 429 ended, and how many requests had started in all before. */
  restedAtMs: number;
  restedAt: number;
  /** Part of the rate that is used while Timely's answers take unusually long: 1 when they do not. */
  backoffFactor: number;
  /** How long an answer usually takes; null before the first. */
  usualMs: number | null;
}

/** One account's budget: what each request moves on, and what is learnt. */
export interface RateState {
  memory: RateMemory;
  /** The next request may start then. */
  nextAtMs: number;
  /** When the last requests started, newest first. */
  starts: number[];
  /** How many have started in all. */
  started: number;
}

export interface RateRefusal {
  nowMs: number;
  /** When the refused request was allowed to start. */
  startedAtMs: number;
  /** Null when Timely did not say. */
  retryAfterMs: number | null;
  maxPerSecond: number;
}

export interface RateReview {
  nowMs: number;
  /** How long answers took lately; null when that is not known, or may be our own doing. */
  latencyMs: number | null;
  maxPerSecond: number;
}

/** So many starts are remembered. */
export const recentStartsMax = 128;
const slowestPerSecond = 0.2;
/** Nobody asks for so long after a 429, however little it told; doubled from the third in a row. */
const waitMs = 1_000;
const waitMaxMs = 30_000;
/** While the limit may be far above what was refused first (429 may have been about something else), the rate is doubled. */
const climbMs = 1_500;
const holdFirstMs = 10 * 60_000;
const concurrencyMin = 4;
const concurrencyMax = 50;
const batchAboveRate = 60;
const batchSizeMax = 10;
const holdMaxMs = 4 * 60 * 60_000;
/** When trying upwards after a hold: one step, and how long each is watched. */
const stepUp = 1.03;
const stepUpMs = 60_000;

/** Before anything is known: as fast as the tenant file allows. */
export const initialRateMemory = (maxPerSecond: number, nowMs: number): RateMemory => ({
  perSecond: maxPerSecond,
  sinceMs: nowMs,
  limit: noLimit,
  heldUntilMs: 0,
  holdMs: holdFirstMs,
  refusedAtMs: 0,
  refusalsInRow: 0,
  restedAtMs: nowMs,
  restedAt: 0,
  backoffFactor: 1,
  usualMs: null,
});

/**
 * Changes to have in flight so that the rate is used up: what can start within a second. More would only wait for the
 * rate, each in a place of the worker that another tenant could have, and keep a leaver waiting who comes between.
 */
export const concurrencyFor = (perSecond: number) =>
  Math.min(Math.max(Math.ceil(perSecond), concurrencyMin), concurrencyMax);

/** So many changes one activity applies side by side: at a pace at which one for each would cost more than Timely does. */
export const batchSizeFor = (perSecond: number) => (perSecond > batchAboveRate ? batchSizeMax : 1);

/** Requests per second that may start now. */
export const rateOf = ({ perSecond, backoffFactor }: RateMemory, maxPerSecond: number) =>
  Math.min(Math.max(perSecond * backoffFactor, slowestPerSecond), maxPerSecond);

/** After a 429: nobody starts before the time that was told, and then more slowly. */
export function afterRefusal(state: RateState, refusal: RateRefusal): RateState {
  const { memory } = state;
  const { nowMs, startedAtMs, retryAfterMs, maxPerSecond } = refusal;
  if (startedAtMs <= memory.refusedAtMs) {
    return { ...state, nextAtMs: Math.max(state.nextAtMs, nowMs + (retryAfterMs ?? 0)) };
  }
  const refusalsInRow = memory.refusalsInRow + 1;
  const unsaidMs = Math.min(waitMs * 2 ** Math.max(refusalsInRow - 3, 0), waitMaxMs);
  const nextAtMs = Math.max(state.nextAtMs, nowMs + Math.max(retryAfterMs ?? unsaidMs, waitMs));
  const learnt = learn({ ...memory, refusedAtMs: nowMs, refusalsInRow }, state, refusal);
  const perSecond = Math.min(Math.max(learnt.perSecond, slowestPerSecond), maxPerSecond);
  const rested = { sinceMs: nextAtMs, restedAtMs: nextAtMs, restedAt: state.started };
  return { ...state, memory: { ...learnt, perSecond, ...rested }, nextAtMs };
}

function learn(memory: RateMemory, { starts, started }: RateState, refusal: RateRefusal): RateMemory {
  const { nowMs, startedAtMs, maxPerSecond } = refusal;
  const before = starts.filter((start) => start < startedAtMs - 1e-3);
  const limit = limitAfterRefusal(memory.limit, {
    nowMs,
    startedAtMs,
    before,
    rate: rateOf(memory, maxPerSecond),
    sinceMs: memory.sinceMs,
    restedAtMs: memory.restedAtMs,
    sinceRest: started - memory.restedAt - (starts.length - before.length),
  });
  // That tells no limit, or one that half the rate will show.
  if (limit === null) return { ...memory, perSecond: memory.perSecond / 2 };
  const triedUpwards = memory.heldUntilMs > 0 && nowMs > memory.heldUntilMs;
  const holdMs = Math.min(triedUpwards ? memory.holdMs * 2 : memory.holdMs, holdMaxMs);
  return { ...memory, limit, holdMs, heldUntilMs: nowMs + holdMs, perSecond: nextTrial(limit, nowMs) };
}

/** Once in a while, as long as requests are made: what time without a refusal shows, and how long answers take. */
export function afterReview(state: RateState, review: RateReview): RateState {
  const memory = raised(withBackoff(state.memory, review.latencyMs), state.starts, review);
  const isNew = memory.perSecond !== state.memory.perSecond;
  return { ...state, memory: isNew ? { ...memory, sinceMs: review.nowMs } : memory };
}

function raised(memory: RateMemory, starts: number[], { nowMs, maxPerSecond }: RateReview): RateMemory {
  const { perSecond, limit } = memory;
  const { refused, certain } = limit;
  const keptMs = nowMs - memory.sinceMs;
  const climbing = refused !== null && !certain;
  // Whoever may ask less than was found learns nothing about it.
  if (refused !== null && maxPerSecond < Math.min(perSecond, refused)) return memory;
  if (keptMs < (climbing ? climbMs : trialMs)) return memory;
  if (!isUsed(starts, nowMs, rateOf(memory, maxPerSecond))) {
    const goal = Math.min(nextTrial(limit, nowMs), maxPerSecond);
    return perSecond < goal ? { ...memory, perSecond: Math.min(perSecond * 1.5, goal) } : memory;
  }
  const went = (rate: number, changed: Partial<ServiceLimit> = {}): RateMemory => ({
    ...memory,
    refusalsInRow: 0,
    limit: { ...limit, accepted: Math.max(limit.accepted, perSecond), ...changed },
    perSecond: Math.min(rate, Math.max(maxPerSecond, perSecond)),
  });
  // As fast as it may be: whatever was refused once no longer is.
  if (refused === null || perSecond >= maxPerSecond) return went(perSecond * 1.5, noLimit);
  if (climbing)
    return went(perSecond * 2, { refused: perSecond >= refused * 0.99 ? perSecond * 2 : refused });
  const next = nextTrial(went(perSecond).limit, nowMs);
  if (next > perSecond * 1.001) return went(Math.min(next, perSecond * 2));
  if (nowMs < memory.heldUntilMs || keptMs < stepUpMs) return went(perSecond);
  const up = perSecond * stepUp;
  return went(up, { refused: Math.max(refused, up / safeShare) });
}

/** Whether there was work for the whole rate in the last second. */
function isUsed(starts: number[], nowMs: number, rate: number): boolean {
  const recent = starts.filter((start) => start > nowMs - 1_000 && start <= nowMs);
  const spanMs = recent.length >= recentStartsMax * 0.9 ? nowMs - (recent.at(-1) ?? nowMs) : 1_000;
  return recent.length >= Math.floor((0.8 * rate * spanMs) / 1_000);
}

/** Slower while answers take far longer than usual; what lasts for minutes becomes usual. */
function withBackoff(memory: RateMemory, latencyMs: number | null): RateMemory {
  const { backoffFactor, usualMs } = memory;
  if (latencyMs === null) return memory;
  if (usualMs === null) return { ...memory, usualMs: latencyMs };
  const share = latencyMs < usualMs ? 0.3 : 0.003;
  const isSlow = latencyMs > usualMs * 3 + 200;
  return {
    ...memory,
    usualMs: usualMs + (latencyMs - usualMs) * share,
    backoffFactor: isSlow ? Math.max(backoffFactor * 0.8, 0.25) : Math.min(backoffFactor * 1.1, 1),
  };
}
