/** The search for an account's limit, against services that count in the ways services count. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  afterRefusal,
  firstMemory,
  lanesFor,
  type PaceState,
  rateOf,
  reviewed,
  startsKept,
} from '../../domain/pace.ts';

/** Whether a service takes a request that arrives at this moment. */
type Service = (atMs: number) => boolean;

/** No more than so many in any second. */
function slidingSecond(limit: number): Service {
  let passed: number[] = [];
  return (atMs) => {
    passed = passed.filter((time) => time > atMs - 1_000);
    if (passed.length >= limit) return false;
    passed.push(atMs);
    return true;
  };
}

/** No more than so many in each second of the service's clock. */
function clockSecond(limit: number, phaseMs: number): Service {
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

function bucket(limit: number, size: number): Service {
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

interface Circumstances {
  maxPerSecond: number;
  retryAfterMs: number | null;
  /** There and back. */
  latencyMs: number;
  seconds: number;
}

interface Answered {
  /** Seconds since the first request. */
  at: number;
  taken: boolean;
}

/** Always more to ask than may be asked. */
function ask(
  service: Service,
  { maxPerSecond, retryAfterMs, latencyMs, seconds }: Circumstances,
): Answered[] {
  const answers: Answered[] = [];
  const refusals: { nowMs: number; startedAtMs: number }[] = [];
  let state: PaceState = { memory: firstMemory(maxPerSecond, 0), nextAtMs: 0, starts: [], started: 0 };
  let reviewAtMs = 500;
  for (let nowMs = 0; nowMs < seconds * 1_000; ) {
    const startedAtMs = Math.max(state.nextAtMs, nowMs);
    const [refusal] = refusals;
    if (refusal && refusal.nowMs <= startedAtMs) {
      refusals.shift();
      nowMs = Math.max(nowMs, refusal.nowMs);
      state = afterRefusal(state, { ...refusal, nowMs, retryAfterMs, maxPerSecond });
      continue;
    }
    nowMs = startedAtMs;
    if (nowMs >= reviewAtMs) {
      state = reviewed(state, { nowMs, latencyMs: null, maxPerSecond });
      reviewAtMs = nowMs + 500;
    }
    const taken = service(nowMs + latencyMs / 2);
    if (!taken) refusals.push({ nowMs: nowMs + latencyMs, startedAtMs });
    answers.push({ at: nowMs / 1_000, taken });
    const nextAtMs = nowMs + 1_000 / rateOf(state.memory, maxPerSecond);
    const starts = [nowMs, ...state.starts].slice(0, startsKept);
    state = { ...state, nextAtMs, starts, started: state.started + 1 };
  }
  return answers;
}

const circumstances = fc.record({
  maxPerSecond: fc.constantFrom(50, 100),
  retryAfterMs: fc.constantFrom(null, 300, 1_000, 2_000),
  latencyMs: fc.integer({ min: 1, max: 60 }),
  seconds: fc.constant(40),
});
const limits = fc.integer({ min: 3, max: 40 });

const late = (answers: Answered[]) => answers.filter(({ at }) => at > 10);
const refusedOf = (answers: Answered[]) => answers.filter(({ taken }) => !taken).length;
const used = (answers: Answered[], limit: number) => (answers.length - refusedOf(answers)) / (30 * limit);

test('a service that counts the last second refuses nothing after ten seconds, and most of its limit is used', () => {
  fc.assert(
    fc.property(limits, circumstances, (limit, settings) => {
      const answers = late(ask(slidingSecond(limit), settings));
      expect(refusedOf(answers)).toBe(0);
      expect(used(answers, limit)).toBeGreaterThanOrEqual(0.85);
    }),
  );
});

test('one that counts by its clock may be met once more, no more', () => {
  fc.assert(
    fc.property(limits, fc.nat(999), circumstances, (limit, phaseMs, settings) => {
      const answers = late(ask(clockSecond(limit, phaseMs), settings));
      expect(refusedOf(answers)).toBeLessThanOrEqual(6);
      expect(used(answers, limit)).toBeGreaterThanOrEqual(0.75);
    }),
  );
});

test('one that lets a bucket run full is hardly met', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 3, max: 40 }), circumstances, (limit, size, settings) => {
      const answers = late(ask(bucket(limit, size), settings));
      expect(refusedOf(answers) / answers.length).toBeLessThanOrEqual(0.05);
    }),
  );
});

test('without a refusal the configured rate is used, and never more', () => {
  fc.assert(
    fc.property(circumstances, (settings) => {
      const { maxPerSecond, seconds } = settings;
      const answers = ask(() => true, settings);
      expect(Math.abs(answers.length - maxPerSecond * seconds)).toBeLessThanOrEqual(2);
    }),
  );
});

test('a refusal that was about one request costs a moment: within a minute the configured rate is back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), circumstances, (number, settings) => {
      let count = 0;
      const answers = ask(() => ++count !== number, { ...settings, seconds: 120 });
      const lastSeconds = answers.filter(({ at }) => at >= 115).length;
      expect(lastSeconds).toBeGreaterThanOrEqual(settings.maxPerSecond * 5 * 0.9);
    }),
  );
});

test('nobody starts before the time that was told, whoever is told it', () => {
  const state = { memory: firstMemory(50, 0), nextAtMs: 1_000, starts: [980, 960], started: 2 };
  const refusal = { nowMs: 1_000, startedAtMs: 980, maxPerSecond: 50 };
  const first = afterRefusal(state, { ...refusal, retryAfterMs: 5_000 });
  expect(first.nextAtMs).toBe(6_000);
  // One that began before the first came back teaches nothing, but its own time counts.
  const echo = afterRefusal(first, { ...refusal, nowMs: 1_010, startedAtMs: 990, retryAfterMs: 8_000 });
  expect(echo).toEqual({ ...first, nextAtMs: 9_010 });
});

test('a limit that is lifted is noticed, slowly', () => {
  let lifted = false;
  const limited = slidingSecond(10);
  const answers = ask(
    (atMs) => {
      lifted ||= atMs > 60_000;
      return lifted || limited(atMs);
    },
    { maxPerSecond: 20, retryAfterMs: null, latencyMs: 10, seconds: 3_600 },
  );
  const between = (from: number, to: number) =>
    answers.filter(({ at }) => at >= from && at < to).length / (to - from);
  expect(between(60, 500)).toBeLessThan(10);
  expect(between(3_500, 3_600)).toBeGreaterThan(19);
});

test('answers that take longer and longer slow it down, and it recovers with them', () => {
  const starts = Array.from({ length: startsKept }, (_, index) => -index * 20);
  let state: PaceState = { memory: firstMemory(50, 0), nextAtMs: 0, starts, started: startsKept };
  const rateAfter = (latencyMs: number, reviews: number) => {
    for (let review = 0; review < reviews; review += 1) {
      state = reviewed(state, { nowMs: state.memory.sinceMs, latencyMs, maxPerSecond: 50 });
    }
    return rateOf(state.memory, 50);
  };
  expect(rateAfter(100, 10)).toBe(50);
  // A little slower is nothing: our own machine may be busy.
  expect(rateAfter(300, 10)).toBe(50);
  expect(rateAfter(2_000, 10)).toBe(12.5);
  expect(rateAfter(100, 20)).toBe(50);
});

test('as many changes are in flight as can start within a second', () => {
  expect([0.2, 5, 20, 100].map(lanesFor)).toEqual([4, 5, 20, 50]);
});
