/** A client that always has more requests than its rate allows, and models of services with limits. */
import {
  afterRefusal,
  afterReview,
  initialRateMemory,
  type RateState,
  rateOf,
  recentStartsMax,
} from '../../../domain/rate-limit/rate-limiter.ts';

/** Whether a service accepts a request that arrives at this moment. */
type Service = (atMs: number) => boolean;

/** Accepts at most this many requests in any second. */
export function slidingSecond(limit: number): Service {
  let passed: number[] = [];
  return (atMs) => {
    passed = passed.filter((time) => time > atMs - 1_000);
    if (passed.length >= limit) return false;
    passed.push(atMs);
    return true;
  };
}

/** Accepts at most this many requests per second of the service's clock. */
export function clockSecond(limit: number, phaseMs: number): Service {
  let second = -1;
  let passed = 0;
  return (atMs) => {
    const now = Math.floor((atMs + phaseMs) / 1_000);
    if (now !== second) passed = 0;
    second = now;
    passed += 1;
    return passed <= limit;
  };
}

/** A bucket that refills by this many per second, up to `size`. */
export function bucket(limit: number, size: number): Service {
  let level = size;
  let lastMs = 0;
  return (atMs) => {
    level = Math.min(size, level + ((atMs - lastMs) / 1_000) * limit);
    lastMs = atMs;
    if (level < 1) return false;
    level -= 1;
    return true;
  };
}

export interface Circumstances {
  maxPerSecond: number;
  retryAfterMs: number | null;
  /** The minimum round-trip time. */
  latencyMs: number;
  /** The delay of each request in turn, as a share of `jitterMs` between 0 and 1. */
  jitter: number[];
  jitterMs: number;
  seconds: number;
}

export interface Answered {
  /** Seconds since the first request. */
  at: number;
  taken: boolean;
}

interface Flying {
  startedAtMs: number;
  arrivesAtMs: number;
}

/** Responses in the order in which the requests arrived. */
export function askAlways(service: Service, settings: Circumstances): Answered[] {
  const { maxPerSecond, retryAfterMs, latencyMs, jitter, jitterMs, seconds } = settings;
  const answers: Answered[] = [];
  const flying: Flying[] = [];
  const refusals: { nowMs: number; startedAtMs: number }[] = [];
  let state: RateState = {
    memory: initialRateMemory(maxPerSecond, 0),
    nextAtMs: -catchUpMs,
    starts: [],
    started: 0,
  };
  let reviewAtMs = 500;
  for (let nowMs = 0; nowMs < seconds * 1_000; ) {
    const { dueMs, startedAtMs } = nextStart(state, nowMs, maxPerSecond);
    const arrivesAtMs = flying[0]?.arrivesAtMs ?? Number.POSITIVE_INFINITY;
    const refusedAtMs = refusals[0]?.nowMs ?? Number.POSITIVE_INFINITY;
    if (arrivesAtMs <= Math.min(startedAtMs, refusedAtMs)) {
      const [request] = flying.splice(0, 1);
      const taken = service(arrivesAtMs);
      answers.push({ at: arrivesAtMs / 1_000, taken });
      if (request && !taken) refusals.push({ ...request, nowMs: arrivesAtMs + latencyMs / 2 });
    } else if (refusedAtMs <= startedAtMs) {
      nowMs = Math.max(nowMs, refusedAtMs);
      const [refusal] = refusals.splice(0, 1);
      if (refusal) state = afterRefusal(state, { ...refusal, nowMs, retryAfterMs, maxPerSecond });
    } else {
      nowMs = startedAtMs;
      if (nowMs >= reviewAtMs) {
        state = afterReview(state, { nowMs, latencyMs: null, maxPerSecond });
        reviewAtMs = nowMs + 500;
      }
      const lateMs = (jitter[state.started % jitter.length] ?? 0) * jitterMs;
      flying.push({ startedAtMs, arrivesAtMs: nowMs + latencyMs / 2 + lateMs });
      flying.sort((a, b) => a.arrivesAtMs - b.arrivesAtMs);
      const nextAtMs = dueMs + 1_000 / rateOf(state.memory, maxPerSecond);
      const starts = [nowMs, ...state.starts].slice(0, recentStartsMax);
      state = { ...state, nextAtMs, starts, started: state.started + 1 };
    }
  }
  return answers;
}

const catchUpMs = 1_000;

/** When the next request is due and when it starts, as `store/account/rate-budget.ts` says it in SQL. */
function nextStart({ memory, nextAtMs, starts }: RateState, nowMs: number, maxPerSecond: number) {
  const rate = rateOf(memory, maxPerSecond);
  const inWindow = Math.ceil(rate);
  const before = starts[inWindow - 1] ?? Number.NEGATIVE_INFINITY;
  const catchesUp = memory.limit.refused === null && rate <= recentStartsMax;
  const dueMs = catchesUp
    ? Math.max(nextAtMs, nowMs - catchUpMs, before + (inWindow * 1_000) / rate)
    : Math.max(nextAtMs, nowMs);
  return { dueMs, startedAtMs: Math.max(dueMs, nowMs, (starts[0] ?? Number.NEGATIVE_INFINITY) + 500 / rate) };
}
