import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Health } from '../../../domain/contract/report.ts';
import {
  afterCycle,
  dueOutageNotification,
  failureKeyPrefix,
  type Outage,
} from '../../../domain/notifications/outage.ts';

const minute = 60_000;
const everyMs = 5 * minute;

interface Told {
  atMs: number;
  key: string;
}

/** What one channel is told of cycles that end at these minutes; it is told each matter once, as the store has it noted. */
function told(cycles: { atMs: number; health: Health }[]): Told[] {
  const messages: Told[] = [];
  let outage: Outage | null = null;
  for (const { atMs, health } of cycles) {
    const cycleError = health === 'ok' ? null : { health, message: '', remedy: '' };
    const at = new Date(atMs);
    outage = afterCycle(outage, { at, cycleError }, everyMs);
    // An activity that runs twice.
    outage = afterCycle(outage, { at, cycleError }, everyMs);
    const matter = outage && dueOutageNotification(outage, at, everyMs);
    if (!outage || !matter || messages.some(({ key }) => key === matter.key)) continue;
    const heard = messages.some(({ key }) => key.startsWith(failureKeyPrefix(outage?.number ?? 0)));
    if (matter.kind === 'trouble' || heard) messages.push({ atMs, key: matter.key });
  }
  return messages;
}

const cyclesOf = (...healths: Health[]) =>
  healths.map((health, index) => ({ atMs: index * everyMs, health }));
const keysOf = (...healths: Health[]) => told(cyclesOf(...healths)).map(({ key }) => key);

describe('what people are told of a tenant in trouble', () => {
  test('trouble that needs somebody at once, and the first good cycle after it', () => {
    expect(
      keysOf('ok', 'needs-consent', 'needs-consent', 'needs-consent', 'needs-consent', 'ok', 'ok'),
    ).toEqual(['trouble/1/needs-consent', 'well/1']);
  });

  test('a side that is away only after three intervals without a good cycle', () => {
    expect(keysOf('ok', 'source-down', 'target-down', 'ok', 'ok')).toEqual([]);
    expect(
      keysOf('ok', 'source-down', 'target-down', 'source-down', 'source-down', 'source-down', 'ok'),
    ).toEqual(['trouble/1/silence', 'well/1']);
  });

  test('a tenant that goes back and forth is told of once', () => {
    expect(
      keysOf(...Array.from({ length: 40 }, (_, index) => (index % 2 ? 'needs-connect' : 'ok') as Health)),
    ).toEqual(['trouble/1/needs-connect', 'well/1']);
  });

  test('a relapse that lasts is told, and so is its end', () => {
    const lasting: Health[] = ['needs-connect', 'needs-connect', 'needs-connect', 'needs-connect'];
    expect(keysOf('needs-connect', 'ok', ...lasting, 'ok')).toEqual([
      'trouble/1/needs-connect',
      'well/1',
      'trouble/2/needs-connect',
      'well/2',
    ]);
  });

  test('another trouble soon after the last is another matter, and told at once', () => {
    expect(keysOf('needs-connect', 'ok', 'needs-consent', 'ok')).toEqual([
      'trouble/1/needs-connect',
      'well/1',
      'trouble/2/needs-consent',
      'well/2',
    ]);
  });

  test('the same trouble on another day is told at once', () => {
    const later = 24 * 60 * minute;
    const cycles = cyclesOf('needs-connect', 'ok');
    const again = cyclesOf('needs-connect', 'ok').map(({ atMs, health }) => ({ atMs: atMs + later, health }));
    expect(told([...cycles, ...again]).map(({ key }) => key)).toHaveLength(4);
  });
});

const anyCycles = fc
  .array(
    fc.record({
      health: fc.constantFrom<Health>(
        'ok',
        'ok',
        'needs-consent',
        'needs-connect',
        'source-down',
        'quarantined',
      ),
      afterMs: fc.integer({ min: 1_000, max: 40 * minute }),
    }),
    { maxLength: 60 },
  )
  .map((list) => {
    let atMs = 0;
    return list.map(({ health, afterMs }) => {
      atMs += afterMs;
      return { atMs, health };
    });
  });

describe('for any series of cycles', () => {
  test('the end is told once, after its trouble, and trouble is told only while there is some', () => {
    fc.assert(
      fc.property(anyCycles, (cycles) => {
        const messages = told(cycles);
        const healthAt = new Map(cycles.map(({ atMs, health }) => [atMs, health]));
        for (const [index, { atMs, key }] of messages.entries()) {
          const isEnd = key.startsWith('well/');
          expect(healthAt.get(atMs) === 'ok').toBe(isEnd);
          if (isEnd) expect(messages[index - 1]?.key).toMatch(/^cycleError\//);
        }
      }),
    );
  });

  test('trouble that lasts for three intervals is always told', () => {
    fc.assert(
      fc.property(anyCycles, (cycles) => {
        const messages = told(cycles);
        const lastGood = cycles.findLastIndex(({ health }) => health === 'ok');
        const [firstBad] = cycles.slice(lastGood + 1);
        const last = cycles.at(-1);
        if (!firstBad || !last || last.atMs - firstBad.atMs < 3 * everyMs) return;
        expect(messages.some(({ atMs }) => atMs >= firstBad.atMs)).toBe(true);
      }),
    );
  });

  test('the same health is told at most once within three intervals', () => {
    fc.assert(
      fc.property(anyCycles, (cycles) => {
        const lastAt = new Map<string, number>();
        for (const { atMs, key } of told(cycles)) {
          const health = key.split('/')[2];
          if (health === undefined || health === 'silence') continue;
          expect(atMs - (lastAt.get(health) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(3 * everyMs);
          lastAt.set(health, atMs);
        }
      }),
    );
  });
});
