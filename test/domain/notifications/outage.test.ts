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

interface Sent {
  atMs: number;
  key: string;
}

/** The notifications of one channel about cycles that end at these moments. Each key is sent once, as the store ensures. */
function notificationsOf(cycles: { atMs: number; health: Health }[]): Sent[] {
  const messages: Sent[] = [];
  let outage: Outage | null = null;
  for (const { atMs, health } of cycles) {
    const cycleError = health === 'ok' ? null : { health, message: '', remedy: '' };
    const at = new Date(atMs);
    outage = afterCycle(outage, { at, cycleError }, everyMs);
    // The activity may run twice.
    outage = afterCycle(outage, { at, cycleError }, everyMs);
    const due = outage && dueOutageNotification(outage, at, everyMs);
    if (!outage || !due || messages.some(({ key }) => key === due.key)) continue;
    const hasFailure = messages.some(({ key }) => key.startsWith(failureKeyPrefix(outage?.number ?? 0)));
    if (due.kind === 'failure' || hasFailure) messages.push({ atMs, key: due.key });
  }
  return messages;
}

const cyclesOf = (...healths: Health[]) =>
  healths.map((health, index) => ({ atMs: index * everyMs, health }));
const keysOf = (...healths: Health[]) => notificationsOf(cyclesOf(...healths)).map(({ key }) => key);

describe('an outage notifies', () => {
  test('at once about a failure that needs a person, and about the recovery', () => {
    expect(
      keysOf('ok', 'needs-consent', 'needs-consent', 'needs-consent', 'needs-consent', 'ok', 'ok'),
    ).toEqual(['failure/1/needs-consent', 'recovery/1']);
  });

  test('about an unreachable side only after three intervals without a successful cycle', () => {
    expect(keysOf('ok', 'source-down', 'target-down', 'ok', 'ok')).toEqual([]);
    expect(
      keysOf('ok', 'source-down', 'target-down', 'source-down', 'source-down', 'source-down', 'ok'),
    ).toEqual(['failure/1/silence', 'recovery/1']);
  });

  test('once about a flapping tenant', () => {
    expect(
      keysOf(...Array.from({ length: 40 }, (_, index) => (index % 2 ? 'needs-connect' : 'ok') as Health)),
    ).toEqual(['failure/1/needs-connect', 'recovery/1']);
  });

  test('about a relapse that lasts, and about its end', () => {
    const lasting: Health[] = ['needs-connect', 'needs-connect', 'needs-connect', 'needs-connect'];
    expect(keysOf('needs-connect', 'ok', ...lasting, 'ok')).toEqual([
      'failure/1/needs-connect',
      'recovery/1',
      'failure/2/needs-connect',
      'recovery/2',
    ]);
  });

  test('at once about another failure shortly after the last', () => {
    expect(keysOf('needs-connect', 'ok', 'needs-consent', 'ok')).toEqual([
      'failure/1/needs-connect',
      'recovery/1',
      'failure/2/needs-consent',
      'recovery/2',
    ]);
  });

  test('at once about the same failure on another day', () => {
    const later = 24 * 60 * minute;
    const cycles = cyclesOf('needs-connect', 'ok');
    const again = cyclesOf('needs-connect', 'ok').map(({ atMs, health }) => ({ atMs: atMs + later, health }));
    expect(notificationsOf([...cycles, ...again]).map(({ key }) => key)).toHaveLength(4);
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

describe('in any series of cycles', () => {
  test('a recovery follows its failure, and a failure is notified only during an outage', () => {
    fc.assert(
      fc.property(anyCycles, (cycles) => {
        const messages = notificationsOf(cycles);
        const healthAt = new Map(cycles.map(({ atMs, health }) => [atMs, health]));
        for (const [index, { atMs, key }] of messages.entries()) {
          const isRecovery = key.startsWith('recovery/');
          expect(healthAt.get(atMs) === 'ok').toBe(isRecovery);
          if (isRecovery) expect(messages[index - 1]?.key).toMatch(/^failure\//);
        }
      }),
    );
  });

  test('a failure that lasts for three intervals always notifies', () => {
    fc.assert(
      fc.property(anyCycles, (cycles) => {
        const messages = notificationsOf(cycles);
        const lastGood = cycles.findLastIndex(({ health }) => health === 'ok');
        const [firstBad] = cycles.slice(lastGood + 1);
        const last = cycles.at(-1);
        if (!firstBad || !last || last.atMs - firstBad.atMs < 3 * everyMs) return;
        expect(messages.some(({ atMs }) => atMs >= firstBad.atMs)).toBe(true);
      }),
    );
  });

  test('the same health notifies at most once within three intervals', () => {
    fc.assert(
      fc.property(anyCycles, (cycles) => {
        const lastAt = new Map<string, number>();
        for (const { atMs, key } of notificationsOf(cycles)) {
          const health = key.split('/')[2];
          if (health === undefined || health === 'silence') continue;
          expect(atMs - (lastAt.get(health) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(3 * everyMs);
          lastAt.set(health, atMs);
        }
      }),
    );
  });
});
