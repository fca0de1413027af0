import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { durationMs } from '../../config/duration.ts';
import { nearestWord } from '../../config/schema-parts.ts';

describe('durations', () => {
  test('are seconds, minutes, hours and days in milliseconds', () => {
    expect(['30s', '5m', '24h', '7d'].map(durationMs)).toEqual([30_000, 300_000, 86_400_000, 604_800_000]);
  });

  test('refuse any other text', () => {
    for (const text of ['', '5', 'm', '0s', '-1d', '1.5h', '5 m', '1w', '1h30m', '9999999d']) {
      expect(() => durationMs(text)).toThrow('whole number with a unit');
    }
  });
});

describe('the nearest known word', () => {
  const known = ['department', 'emailDomain', 'group', 'guests'];

  test('is found in spite of one wrong letter', () => {
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.nat(), fc.constantFrom('', 'x', 'zz'), (word, at, typed) => {
        const start = at % word.length;
        expect(nearestWord(word.slice(0, start) + typed + word.slice(start + 1), known)).toBe(word);
      }),
    );
  });

  test('is null when no word is near', () => {
    expect(nearestWord('colour', known)).toBeNull();
    expect(nearestWord('x'.repeat(1_000), known)).toBeNull();
  });
});
