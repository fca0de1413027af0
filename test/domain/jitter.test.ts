import { expect, test } from '@jest/globals';
import { jittered } from '../../domain/jitter.ts';

test('spreads a thousand tenants over the last tenth of their interval, each always by the same', () => {
  const waits = Array.from({ length: 1_000 }, (_, number) => jittered(300_000, `tenant-${number}/7`));
  expect(waits).toEqual(waits.map((_, number) => jittered(300_000, `tenant-${number}/7`)));
  const perSecond = new Map<number, number>();
  for (const wait of waits) {
    expect(wait).toBeGreaterThan(270_000);
    expect(wait).toBeLessThanOrEqual(300_000);
    const second = Math.floor(wait / 1_000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  // Spread evenly there are 33 in each of the 30 seconds.
  expect(Math.max(...perSecond.values())).toBeLessThan(70);
});

test('shortens an interval of a second by a tenth of it at most', () => {
  expect(jittered(1_000, 'contoso/1')).toBeGreaterThanOrEqual(900);
});
