/** The lines that `up` leaves for each cycle on a terminal. */
import { expect, test } from '@jest/globals';
import { moment } from '../../../client/render/words/moments.ts';
import { cycleLine } from '../../../client/up/watch-cycles.ts';
import { cycleReport } from '../reports.ts';

const report = cycleReport({ number: 8 });
const when = moment(report.finishedAt);

test('a cycle that did something leaves one line', () => {
  const counts = { ...report.counts, invited: 2, removed: 1, held: 3 };
  expect(cycleLine('contoso', { ...report, counts })).toBe(`${when} contoso: cycle 8, 2 invited, 1 removed.`);
});

test('a cycle that failed says why and what to do', () => {
  const cycleError = { health: 'source-down' as const, message: 'It did not answer.', remedy: 'Wait.' };
  expect(cycleLine('contoso', { ...report, cycleError })).toBe(
    `${when} contoso: cycle 8, source-down: It did not answer.\n  Wait.`,
  );
});

test('a cycle that changed nothing leaves none, however many are held', () => {
  expect(cycleLine('contoso', { ...report, counts: { ...report.counts, held: 3 } })).toBeNull();
});
