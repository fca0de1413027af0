/** The search for the limit of an account, against models of services. */

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchSizeFor, concurrencyFor } from '../../../domain/plan/phases.ts';
import {
  afterRefusal,
  afterReview,
  initialRateMemory,
  type RateState,
  rateOf,
  recentStartsMax,
} from '../../../domain/rate-limit/rate-limiter.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import {
  type Answered,
  askAlways,
  bucket,
  clockSecond,
  slidingSecond,
} from '../support/rate-limited-services.ts';

const circumstances = fc.record({
  maxPerSecond: fc.constantFrom(50, 100),
  retryAfterMs: fc.constantFrom(null, 300, 1_000, 2_000),
  latencyMs: fc.integer({ min: 1, max: 60 }),
  jitter: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 101 }),
  jitterMs: fc.constantFrom(0, 20),
  seconds: fc.constant(40),
});
/** Each is a simulation of some thousand requests. */
const numRuns = propertyRuns(12);
const limits = fc.integer({ min: 3, max: 40 });

const late = (answers: Answered[]) => answers.filter(({ at }) => at > 10);
const refusedOf = (answers: Answered[]) => answers.filter(({ taken }) => !taken).length;
const used = (answers: Answered[], limit: number) => (answers.length - refusedOf(answers)) / (30 * limit);

test('uses most of a sliding limit without refusals after ten seconds', () => {
  fc.assert(
    fc.property(limits, circumstances, (limit, settings) => {
      const answers = late(askAlways(slidingSecond(limit), settings));
      expect(refusedOf(answers)).toBe(0);
      // Requests that arrive closer together than they left make a small limit look smaller.
      expect(used(answers, limit)).toBeGreaterThanOrEqual(settings.jitterMs === 0 ? 0.85 : 0.5);
    }),
    { numRuns },
  );
});

test('rarely exceeds a limit per second of the clock', () => {
  fc.assert(
    fc.property(limits, fc.nat(999), circumstances, (limit, phaseMs, settings) => {
      const answers = late(askAlways(clockSecond(limit, phaseMs), settings));
      expect(refusedOf(answers)).toBeLessThanOrEqual(6);
      expect(used(answers, limit)).toBeGreaterThanOrEqual(settings.jitterMs === 0 ? 0.85 : 0.6);
    }),
    { numRuns },
  );
});

test('rarely exceeds a bucket, except while a large one runs empty', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 3, max: 40 }), circumstances, (limit, size, settings) => {
      const answers = late(askAlways(bucket(limit, size), settings));
      expect(refusedOf(answers)).toBeLessThanOrEqual(size <= limit ? 8 : 40);
    }),
    { numRuns },
  );
});

test('uses exactly the configured rate without a refusal', () => {
  fc.assert(
    fc.property(circumstances, (settings) => {
      const { maxPerSecond, seconds } = settings;
      const answers = askAlways(() => true, settings);
      // The last requests are still in flight.
      const onTheirWay = maxPerSecond * 0.1;
      expect(Math.abs(answers.length - maxPerSecond * seconds)).toBeLessThanOrEqual(onTheirWay + 2);
    }),
    { numRuns },
  );
});

test('returns to most of the configured rate within a minute after a single refusal', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), circumstances, (number, settings) => {
      let count = 0;
      const answers = askAlways(() => ++count !== number, { ...settings, seconds: 120 });
      const lastSeconds = answers.filter(({ at }) => at >= 115).length;
      expect(lastSeconds).toBeGreaterThanOrEqual(settings.maxPerSecond * 5 * 0.8);
    }),
    { numRuns },
  );
});

test('starts no request before the stated time, after any refusal', () => {
  const state = { memory: initialRateMemory(50, 0), nextAtMs: 1_000, starts: [980, 960], started: 2 };
  const refusal = { nowMs: 1_000, startedAtMs: 980, maxPerSecond: 50 };
  const first = afterRefusal(state, { ...refusal, retryAfterMs: 5_000 });
  expect(first.nextAtMs).toBe(6_000);
  // A request that started before the first refusal teaches nothing, but its waiting time counts.
  const echo = afterRefusal(first, { ...refusal, nowMs: 1_010, startedAtMs: 990, retryAfterMs: 8_000 });
  expect(echo).toEqual({ ...first, nextAtMs: 9_010 });
});

test('slowly notices a higher limit', () => {
  let lifted = false;
  const limited = slidingSecond(10);
  const answers = askAlways(
    (atMs) => {
      lifted ||= atMs > 60_000;
      return lifted || limited(atMs);
    },
    { maxPerSecond: 20, retryAfterMs: null, latencyMs: 10, jitter: [0], jitterMs: 0, seconds: 3_000 },
  );
  const between = (from: number, to: number) =>
    answers.filter(({ at }) => at >= from && at < to).length / (to - from);
  expect(between(60, 500)).toBeLessThan(10);
  expect(between(2_900, 3_000)).toBeGreaterThan(18);
});

test('slows down while responses take longer, and recovers after', () => {
  const starts = Array.from({ length: recentStartsMax }, (_, index) => -index * 20);
  let state: RateState = { memory: initialRateMemory(50, 0), nextAtMs: 0, starts, started: recentStartsMax };
  const rateAfter = (latencyMs: number, reviews: number) => {
    for (let review = 0; review < reviews; review += 1) {
      state = afterReview(state, { nowMs: state.memory.sinceMs, latencyMs, maxPerSecond: 50 });
    }
    return rateOf(state.memory, 50);
  };
  expect(rateAfter(100, 10)).toBe(50);
  // Slightly slower responses are ignored, because the machine itself may be busy.
  expect(rateAfter(300, 10)).toBe(50);
  expect(rateAfter(2_000, 10)).toBe(12.5);
  expect(rateAfter(100, 20)).toBe(50);
});

test('keeps as many changes in flight as can start within a second', () => {
  expect([0.2, 5, 20, 80, 1_000].map(concurrencyFor)).toEqual([4, 5, 20, 80, 100]);
});

test('gives each change an activity of its own, unless the account is fast or the worker busy', () => {
  expect([5, 60, 61].map((rate) => batchSizeFor(rate, 0))).toEqual([1, 1, 10]);
  expect([1, 4, 5].map((tenants) => batchSizeFor(20, tenants))).toEqual([1, 1, 10]);
  // A leaver who comes in between waits for those that have begun.
  expect([0.2, 5].map((rate) => batchSizeFor(rate, 100))).toEqual([1, 5]);
});
