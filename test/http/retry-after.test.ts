import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRetryAfterMs, retryAfterMsOf } from '../../http/retry-after.ts';

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
])('reads "%s" as %d milliseconds', (header, expected) => {
  expect(parseRetryAfterMs(header, now)).toBe(expected);
});

test.each([[null], [''], ['soon'], ['-5'], ['1e3'], ['2026-11-23'], ['Mon, 99 Foo 2026 12:00:00 GMT']])(
  'returns null for %p',
  (header) => {
    expect(parseRetryAfterMs(header, now)).toBeNull();
  },
);

test('rounds seconds up to the next millisecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (thousandths) => {
      const waitedMs = parseRetryAfterMs((thousandths / 1000).toFixed(3), now);
      expect(waitedMs).not.toBeNull();
      expect(Math.abs((waitedMs ?? Number.NaN) - thousandths)).toBeLessThanOrEqual(1);
      expect(waitedMs).toBeGreaterThanOrEqual(thousandths);
    }),
  );
});

test('waits for any later date to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 86_400 }), (seconds) => {
      const header = new Date(now.getTime() + seconds * 1000).toUTCString();
      expect(parseRetryAfterMs(header, now)).toBe(seconds * 1000);
    }),
  );
});

test.each([-600, 0, 600])('waits for a date by the clock of the service, %i s off ours', (off) => {
  const serviceTime = Date.now() + off * 1000;
  const headers = new Headers({
    date: new Date(serviceTime).toUTCString(),
    'retry-after': new Date(serviceTime + 5000).toUTCString(),
  });
  expect(retryAfterMsOf(headers)).toBe(5000);
});

test('uses our own clock when the response has no date', () => {
  const headers = new Headers({ 'retry-after': new Date(Date.now() + 30_000).toUTCString() });
  expect(Math.abs((retryAfterMsOf(headers) ?? Number.NaN) - 30_000)).toBeLessThan(2_000);
  expect(retryAfterMsOf(new Headers({ 'retry-after': '2.128', date: 'soon' }))).toBe(2_128);
  expect(retryAfterMsOf(new Headers())).toBeNull();
});
