import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ApprovalTimes,
  type Deadline,
  lastDeadline,
  lastReminder,
  nextDeadline,
} from '../../../domain/approvals/deadline.ts';

const hour = 3_600_000;
const times: ApprovalTimes = {
  openedAtMs: 0,
  remindEveryMs: 24 * hour,
  escalateAtMs: 72 * hour,
  expiresAtMs: 168 * hour,
};

/** The deadlines that an approval handles when its workflow runs only at these moments. */
function lived(terms: ApprovalTimes, awakeAtMs: number[]): Deadline[] {
  const seen: Deadline[] = [];
  let doneMs = 0;
  for (const nowMs of awakeAtMs) {
    const next = nextDeadline(terms, doneMs, nowMs);
    if (next.atMs > nowMs || seen.at(-1)?.kind === 'expiry') continue;
    seen.push(next);
    doneMs = next.atMs;
  }
  return seen;
}

const everyHour = Array.from({ length: 200 }, (_, index) => index * hour);
const inWords = (deadlines: Deadline[]) =>
  deadlines.map(({ kind, number, atMs }) => `${kind} ${number} at ${atMs / hour} h`);

describe('an approval', () => {
  test('sends reminders until it escalates, then only expires', () => {
    expect(inWords(lived(times, everyHour))).toEqual([
      'reminder 1 at 24 h',
      'reminder 2 at 48 h',
      'escalation 1 at 72 h',
      'expiry 1 at 168 h',
    ]);
  });

  test('handles only the last missed deadline after an outage of the workers', () => {
    expect(inWords(lived(times, [0, 50 * hour, 100 * hour, 200 * hour]))).toEqual([
      'reminder 2 at 48 h',
      'escalation 1 at 72 h',
      'expiry 1 at 168 h',
    ]);
    expect(inWords(lived(times, [200 * hour]))).toEqual(['expiry 1 at 168 h']);
  });

  test('never escalates when it expires first', () => {
    const short = { ...times, expiresAtMs: 60 * hour };
    expect(inWords(lived(short, everyHour))).toEqual([
      'reminder 1 at 24 h',
      'reminder 2 at 48 h',
      'expiry 1 at 60 h',
    ]);
    const equal = { ...times, escalateAtMs: 60 * hour, expiresAtMs: 60 * hour };
    expect(inWords(lived(equal, everyHour)).at(-1)).toBe('expiry 1 at 60 h');
  });
});

const anyTerms = fc
  .record({
    openedAtMs: fc.integer({ min: 0, max: 1_000 }),
    remindEveryMs: fc.integer({ min: 1, max: 50 }),
    escalateAfterMs: fc.integer({ min: 1, max: 300 }),
    expireAfterMs: fc.integer({ min: 1, max: 300 }),
  })
  .map(({ openedAtMs, remindEveryMs, escalateAfterMs, expireAfterMs }) => ({
    openedAtMs,
    remindEveryMs,
    escalateAtMs: openedAtMs + escalateAfterMs,
    expiresAtMs: openedAtMs + expireAfterMs,
  }));
const anyMoments = fc
  .array(fc.integer({ min: 0, max: 1_400 }), { maxLength: 60 })
  .map((moments) => moments.sort((one, other) => one - other));

describe('an approval with any times, run at any moments', () => {
  test('meets each deadline once, in order, never early, and none after the expiry', () => {
    fc.assert(
      fc.property(anyTerms, anyMoments, (terms, moments) => {
        const seen = lived(terms, moments);
        const rank = { reminder: 0, escalation: 1, expiry: 2 };
        for (const [index, deadline] of seen.entries()) {
          const before = seen[index - 1];
          if (before) {
            expect(deadline.atMs).toBeGreaterThan(before.atMs);
            expect(rank[deadline.kind]).toBeGreaterThanOrEqual(rank[before.kind]);
          }
        }
        for (const kind of ['escalation', 'expiry'])
          expect(seen.filter((deadline) => deadline.kind === kind).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('expires when it runs at the end', () => {
    fc.assert(
      fc.property(anyTerms, anyMoments, (terms, moments) => {
        expect(lived(terms, [...moments, 1_500, 1_501, 1_502]).at(-1)?.kind).toBe('expiry');
      }),
    );
  });

  test('meets every deadline when it sleeps until each one, without a reminder at or after the escalation', () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const end = Math.min(terms.escalateAtMs, terms.expiresAtMs);
        const reminders = Math.ceil((end - terms.openedAtMs) / terms.remindEveryMs) - 1;
        const escalations = terms.escalateAtMs < terms.expiresAtMs ? 1 : 0;
        let nowMs = terms.openedAtMs;
        const seen: Deadline[] = [];
        while (seen.at(-1)?.kind !== 'expiry') {
          const next = nextDeadline(terms, nowMs, nowMs);
          expect(next.atMs).toBeGreaterThan(nowMs);
          expect(lastDeadline(terms, next.atMs)).toEqual(next);
          expect(lastDeadline(terms, next.atMs - 1)?.atMs ?? 0).toBeLessThan(next.atMs);
          seen.push(next);
          nowMs = next.atMs;
        }
        expect(seen.filter(({ kind }) => kind === 'reminder')).toHaveLength(reminders);
        expect(seen.filter(({ kind }) => kind === 'escalation')).toHaveLength(escalations);
        expect(lastReminder(terms, nowMs)?.number ?? 0).toBe(reminders);
      }),
    );
  });
});
