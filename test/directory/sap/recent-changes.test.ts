import { expect, test } from '@jest/globals';
import { sapUser } from '../../../directory/sap/read/people.ts';
import { peopleSince, withChanges } from '../../../directory/sap/read/recent-changes.ts';

const user = (id: number, lastModified: string) =>
  sapUser.parse({ id: `u${id}`, active: true, meta: { lastModified } });
const usersAt = (count: number, lastModified: string, from = 0) =>
  Array.from({ length: count }, (_, index) => user(from + index, lastModified));
const [imported, at] = ['2026-03-07T09:00:00Z', '2026-03-07T09:01:00.000Z'];
const seen = '2026-03-07T09:00:00.000Z';

test('a few changes are repeated for five minutes', () => {
  const recent = withChanges({}, usersAt(99, imported));
  expect(peopleSince({ at, seen, recent })).toBe('2026-03-07T08:56:00.000Z');
});

test('an import is not repeated, and whoever changes after it is', () => {
  const after = withChanges({}, usersAt(10_000, imported));
  expect(peopleSince({ at, seen, recent: after })).toBe(seen);
  const changed = withChanges(after, usersAt(3, '2026-03-07T09:00:30Z', 20_000));
  expect(Object.keys(changed)).toHaveLength(100);
  expect(peopleSince({ at, seen: '2026-03-07T09:00:30.000Z', recent: changed })).toBe(seen);
});

test('the last seconds are repeated even after an import: another change may have the same time', () => {
  const recent = withChanges({}, usersAt(200, '2026-03-07T09:00:59Z'));
  const latest = '2026-03-07T09:00:59.000Z';
  expect(peopleSince({ at, seen: latest, recent })).toBe('2026-03-07T09:00:58.000Z');
});

test('one person who changes again and again counts once', () => {
  let recent = {};
  for (let second = 10; second < 60; second += 1)
    recent = withChanges(recent, usersAt(3, `2026-03-07T09:00:${second}Z`));
  expect(Object.keys(recent)).toHaveLength(3);
});
