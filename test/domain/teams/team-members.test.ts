import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergeMembers } from '../../../domain/teams/team-members.ts';

const ids = fc.uniqueArray(fc.integer({ min: 1, max: 30 }));
const input = fc.record({
  current: fc.uniqueArray(
    fc.record({ userId: fc.integer({ min: 1, max: 30 }), lead: fc.boolean(), hideHours: fc.boolean() }),
    { selector: (member) => member.userId },
  ),
  wanted: ids,
  managed: ids,
  manual: fc.constantFrom('keep' as const, 'remove' as const),
});

describe('merged members', () => {
  test('include each wanted user once, and keep flags and order of those who stay', () => {
    fc.assert(
      fc.property(input, (given) => {
        const merged = mergeMembers(given);
        const userIds = merged.map(({ userId }) => userId);
        expect(new Set(userIds).size).toBe(userIds.length);
        for (const userId of given.wanted) expect(userIds).toContain(userId);
        const staying = given.current.filter(({ userId }) => userIds.includes(userId));
        expect(merged.slice(0, staying.length)).toEqual(staying);
        expect(merged.slice(staying.length).every(({ lead, hideHours }) => !lead && !hideHours)).toBe(true);
      }),
    );
  });
  test('lose only managed users under keep, and all unwanted users under remove', () => {
    fc.assert(
      fc.property(input, (given) => {
        const left = new Set(mergeMembers(given).map(({ userId }) => userId));
        const gone = given.current.map(({ userId }) => userId).filter((userId) => !left.has(userId));
        const notWanted = given.current
          .map(({ userId }) => userId)
          .filter((userId) => !given.wanted.includes(userId));
        expect(gone).toEqual(
          given.manual === 'remove'
            ? notWanted
            : notWanted.filter((userId) => given.managed.includes(userId)),
        );
      }),
    );
  });
  test('end with new users, by id', () => {
    const current = [{ userId: 7, lead: true, hideHours: true }];
    const merged = mergeMembers({ current, wanted: [9, 3], managed: [], manual: 'keep' });
    expect(merged.map(({ userId }) => userId)).toEqual([7, 3, 9]);
  });
});
