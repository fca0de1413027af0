import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csv } from '../../../client/render/csv.ts';
import { estimateOf, estimateText } from '../../../client/render/estimate.ts';
import { cycleReport } from '../reports.ts';

const sinceMs = Date.parse('2026-11-23T10:00:00.000Z');
const since = new Date(sinceMs).toISOString();

describe('the estimate of a cycle', () => {
  test('says speed and end by what was done so far', () => {
    const estimate = estimateOf({ progress: { done: 25, of: 100, since } }, null, sinceMs + 10_000);
    expect(estimate).toEqual({
      done: 25,
      of: 100,
      perSecond: 2.5,
      endsAt: new Date(sinceMs + 40_000).toISOString(),
    });
    expect(estimate && estimateText(estimate, sinceMs + 10_000)).toBe(
      '25 of 100, 2.5 a second, done in 30.0 s',
    );
  });

  test('counts single changes while the loop counts batches', () => {
    const counts = { ...cycleReport().counts, invited: 30, removed: 10 };
    expect(estimateOf({ progress: { done: 0, of: 100, since } }, { counts }, sinceMs + 10_000)).toMatchObject(
      {
        done: 40,
        perSecond: 4,
      },
    );
  });

  test('is null while nothing is applied, and has no speed before the first change', () => {
    expect(estimateOf({ progress: null }, null, sinceMs)).toBeNull();
    expect(estimateOf({ progress: { done: 0, of: 9, since } }, null, sinceMs + 1)).toEqual({
      done: 0,
      of: 9,
      perSecond: null,
      endsAt: null,
    });
  });

  test('never ends before now, and the sooner the more is done', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_998 }),
        fc.integer({ min: 1, max: 10_000_000 }),
        (done, elapsedMs) => {
          const at = (count: number) =>
            Date.parse(
              estimateOf({ progress: { done: count, of: 100_000, since } }, null, sinceMs + elapsedMs)
                ?.endsAt ?? '',
            );
          expect(at(done)).toBeGreaterThanOrEqual(sinceMs + elapsedMs);
          expect(at(done + 1)).toBeLessThanOrEqual(at(done));
        },
      ),
    );
  });
});

describe('a CSV file', () => {
  test('keeps quotes, commas and line breaks within a cell', () => {
    expect(csv(['name', 'n'], [['O"Hara, Pat\nx', 3]])).toBe('"name","n"\r\n"O""Hara, Pat\nx","3"\r\n');
  });

  test('writes an object as JSON and leaves a cell empty for what is not there', () => {
    expect(csv(['after', 'name'], [[{ role: 'a' }, null]])).toBe(
      '"after","name"\r\n"{""role"":""a""}",""\r\n',
    );
  });

  test.each(['=1+1', '+49', '-x', '@sum', '\tx'])('lets no spreadsheet run %j', (text) => {
    expect(csv(['name'], [[text]])).toBe(`"name"\r\n"'${text}"\r\n`);
  });
});
