/**
 * The request rate to one Timely account. Timely documents no limit (docs/reference/timely-api.md section 6), so the limiter
 * searches it. Requests accepted in the second before a 429 are the first estimate, and trials of two seconds narrow it
 * within eight seconds. Then the limiter keeps a rate a few per cent below, and tries higher rates only after minutes.
 * Independently, growing response times reduce the rate as long as they last.
 */
import {
  limitAfterRefusal,
  nextTrial,
  noLimit,
  type ServiceLimit,
  safeShare,
  trialMs,
} from './service-limit.ts';

/** The state of one account, shared by all workers and kept over restarts. Moments are milliseconds since 1970. */
export interface RateMemory {
  /** The current rate, before `backoffFactor`, and since when it is in force. */
  perSecond: number;
  sinceMs: number;
  limit: ServiceLimit;
  /** Until then the limiter tries no higher rate. The time doubles after a trial that was refused. */
  heldUntilMs: number;
  holdMs: number;
  /** Time of the last counted 429. Requests that started before it give no new information. */
  refusedAtMs: number;
  refusalsInRow: number;
  /** When the last wait after a 429 ended, and how many requests had started before. */
  restedAtMs: number;
  restedAt: number;
  /** Share of the rate in use while responses take unusually long; 1 otherwise. */
  backoffFactor: number;
  /** The usual response time; null before the first response. */
  usualMs: number | null;
}

/** The budget of one account, which each request updates, with what the limiter has learnt. */
export interface RateState {
  memory: RateMemory;
  /** When the next request may start. */
  nextAtMs: number;
  /** Start times of the last requests, newest first. */
  starts: number[];
  /** Number of started requests. */
  started: number;
}

export interface RateRefusal {
  nowMs: number;
  /** When the refused request was allowed to start. */
  startedAtMs: number;
  /** Null when Timely states none. */
  retryAfterMs: number | null;
  maxPerSecond: number;
}

export interface RateReview {
  nowMs: number;
  /** Recent response time; null when it is unknown or caused by the sync itself. */
  latencyMs: number | null;
  maxPerSecond: number;
}

/** Number of start times to keep. */
export const recentStartsMax = 128;
/** No tenant file may ask for less, and no refusal leads to less. */
export const slowestPerSecond = 0.2;
/** Minimum wait after a 429. It doubles from the third 429 in a row. */
const waitMs = 1_000;
const waitMaxMs = 30_000;
/** The rate doubles in these steps while the limit may be far above the first refusal, which may have had another cause. */
const climbMs = 1_500;
const holdFirstMs = 10 * 60_000;
const holdMaxMs = 4 * 60 * 60_000;
/** Higher rates after a hold: the size of one step, and how long each step is observed. */
const stepUp = 1.03;
const stepUpMs = 60_000;

/** Returns the initial memory: the rate that the tenant file allows. */
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

/** Returns how many requests per second may start now. */
export const rateOf = ({ perSecond, backoffFactor }: RateMemory, maxPerSecond: number) =>
  Math.min(Math.max(perSecond * backoffFactor, slowestPerSecond), maxPerSecond);

/** Returns the state after a 429: no request starts before the stated time, and then the rate is lower. */
export function afterRefusal(state: RateState, refusal: RateRefusal): RateState {
  const { memory } = state;
  const { nowMs, startedAtMs, retryAfterMs, maxPerSecond } = refusal;
  if (startedAtMs <= memory.refusedAtMs) {
    return { ...state, nextAtMs: Math.max(state.nextAtMs, nowMs + (retryAfterMs ?? 0)) };
  }
  const refusalsInRow = memory.refusalsInRow + 1;
  const defaultWaitMs = Math.min(waitMs * 2 ** Math.max(refusalsInRow - 3, 0), waitMaxMs);
  const nextAtMs = Math.max(state.nextAtMs, nowMs + Math.max(retryAfterMs ?? defaultWaitMs, waitMs));
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
  // This refusal shows no limit. If there is one, half the rate will reveal it.
  if (limit === null) return { ...memory, perSecond: memory.perSecond / 2 };
  const hadTriedHigher = memory.heldUntilMs > 0 && nowMs > memory.heldUntilMs;
  const holdMs = Math.min(hadTriedHigher ? memory.holdMs * 2 : memory.holdMs, holdMaxMs);
  return { ...memory, limit, holdMs, heldUntilMs: nowMs + holdMs, perSecond: nextTrial(limit, nowMs) };
}

/** Returns the state after a regular review of refusals and response times. */
export function afterReview(state: RateState, review: RateReview): RateState {
  const memory = withHigherRate(withBackoff(state.memory, review.latencyMs), state.starts, review);
  const isNew = memory.perSecond !== state.memory.perSecond;
  return { ...state, memory: isNew ? { ...memory, sinceMs: review.nowMs } : memory };
}

/** Raises the rate when it was used without a refusal for long enough. */
function withHigherRate(
  memory: RateMemory,
  starts: number[],
  { nowMs, maxPerSecond }: RateReview,
): RateMemory {
  const { perSecond, limit } = memory;
  const { refused, certain } = limit;
  const keptMs = nowMs - memory.sinceMs;
  const isClimbing = refused !== null && !certain;
  // A tenant with a lower allowed rate learns nothing about the limit.
  if (refused !== null && maxPerSecond < Math.min(perSecond, refused)) return memory;
  if (keptMs < (isClimbing ? climbMs : trialMs)) return memory;
  if (!isUsed(starts, nowMs, rateOf(memory, maxPerSecond))) {
    const goal = Math.min(nextTrial(limit, nowMs), maxPerSecond);
    return perSecond < goal ? { ...memory, perSecond: Math.min(perSecond * 1.5, goal) } : memory;
  }
  const raisedTo = (rate: number, changed: Partial<ServiceLimit> = {}): RateMemory => ({
    ...memory,
    refusalsInRow: 0,
    limit: { ...limit, accepted: Math.max(limit.accepted, perSecond), ...changed },
    perSecond: Math.min(rate, Math.max(maxPerSecond, perSecond)),
  });
  // The allowed rate is reached, so an earlier refusal no longer applies.
  if (refused === null || perSecond >= maxPerSecond) return raisedTo(perSecond * 1.5, noLimit);
  if (isClimbing)
    return raisedTo(perSecond * 2, { refused: perSecond >= refused * 0.99 ? perSecond * 2 : refused });
  const next = nextTrial(raisedTo(perSecond).limit, nowMs);
  if (next > perSecond * 1.001) return raisedTo(Math.min(next, perSecond * 2));
  if (nowMs < memory.heldUntilMs || keptMs < stepUpMs) return raisedTo(perSecond);
  const up = perSecond * stepUp;
  return raisedTo(up, { refused: Math.max(refused, up / safeShare) });
}

/** Whether requests used the whole rate in the last second. */
function isUsed(starts: number[], nowMs: number, rate: number): boolean {
  const recent = starts.filter((start) => start > nowMs - 1_000 && start <= nowMs);
  const spanMs = recent.length >= recentStartsMax * 0.9 ? nowMs - (recent.at(-1) ?? nowMs) : 1_000;
  return recent.length >= Math.floor((0.8 * rate * spanMs) / 1_000);
}

/** Slows down while responses take far longer than usual. A level that lasts for minutes becomes usual. */
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
