import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRetryAfterMs, retryAfterMsOf } from '../../../domain/rate-limit/retry-after.ts';

const now = new Date('2026-11-23T12:00:00Z');

test.each([
  ['10', 10_000],
  ['0', 0],
  ['2.128', 2_128],
  ['0.249', 249],
  ['0.0001', 1],
  [' 7 ', 7_000],
  ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
  ['Monday, 23-Nov-26 12:00:30 GMT', 30_000],
  ['Mon, 23 Nov 2026 11:59:00 GMT', 0],
])('"%s" means %d milliseconds', (header, expected) => {
  expect(parseRetryAfterMs(header, now)).toBe(expected);
});

test.each([[null], [''], ['soon'], ['-5'], ['1e3'], ['2026-11-23'], ['Mon, 99 Foo 2026 12:00:00 GMT']])(
  '%p says nothing about how long to wait',
  (header) => {
    expect(parseRetryAfterMs(header, now)).toBeNull();
  },
);

test('rounds seconds up, by less than a millisecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (thousandths) => {
      const waitedMs = parseRetryAfterMs((thousandths / 1000).toFixed(3), now);
      expect(waitedMs).not.toBeNull();
      expect(Math.abs((waitedMs ?? Number.NaN) - thousandths)).toBeLessThanOrEqual(1);
      expect(waitedMs).toBeGreaterThanOrEqual(thousandths);
    }),
  );
});

test('waits for a future date to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 86_400 }), (seconds) => {
      const header = new Date(now.getTime() + seconds * 1000).toUTCString();
      expect(parseRetryAfterMs(header, now)).toBe(seconds * 1000);
    }),
  );
});

test.each([-600, 0, 600])('uses the clock of the service when it is %i s off', (off) => {
  const serviceTime = Date.now() + off * 1000;
  const headers = new Headers({
    date: new Date(serviceTime).toUTCString(),
    'retry-after': new Date(serviceTime + 5000).toUTCString(),
  });
  expect(retryAfterMsOf(headers)).toBe(5000);
});

test('assumes the current time when the response has no date', () => {
  const headers = new Headers({ 'retry-after': new Date(Date.now() + 30_000).toUTCString() });
  expect(Math.abs((retryAfterMsOf(headers) ?? Number.NaN) - 30_000)).toBeLessThan(2_000);
  expect(retryAfterMsOf(new Headers({ 'retry-after': '2.128', date: 'soon' }))).toBe(2_128);
  expect(retryAfterMsOf(new Headers())).toBeNull();
});
