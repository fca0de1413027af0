import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { person } from '../support/world.ts';
import { askedAbout, companyWith, fingerprintsOf, firstDetail, tally } from './company.ts';

const removals = (max: number, percent: number) => ({ removals: { max, percent, windowDays: 7 } });

describe('too many removals', () => {
  test.each([
    ['below the number', 100, 9, removals(10, 50), 0, { none: 9 }],
    ['at the number', 100, 10, removals(10, 50), 0, { none: 10 }],
    ['above the number, all wait', 100, 11, removals(10, 50), 0, { 'too-many-removals': 11 }],
    ['below the percentage', 50, 4, removals(10, 10), 0, { none: 4 }],
    ['at the percentage', 50, 5, removals(10, 10), 0, { none: 5 }],
    ['above the percentage', 50, 6, removals(10, 10), 0, { 'too-many-removals': 6 }],
    ['a percentage of people is rounded down', 59, 6, removals(10, 10), 0, { 'too-many-removals': 6 }],
    ['below a whole person, one may go', 5, 1, removals(10, 10), 0, { none: 1 }],
    ['below a whole person, two may not', 5, 2, removals(10, 10), 0, { 'too-many-removals': 2 }],
    ['the only one may go', 1, 1, removals(10, 10), 0, { none: 1 }],
    ['with 0 %, none may', 100, 1, removals(10, 0), 0, { 'too-many-removals': 1 }],
    ['with the number 0, none may', 100, 1, removals(0, 10), 0, { 'too-many-removals': 1 }],
    ['with 100 %, the number is the limit', 10, 10, removals(10, 100), 0, { none: 10 }],
    ['those done lately count: at the limit', 96, 6, removals(10, 10), 4, { none: 6 }],
    ['those done lately count: above it', 96, 7, removals(10, 10), 4, { 'too-many-removals': 7 }],
    ['they count as people who were there', 50, 2, removals(10, 10), 10, { 'too-many-removals': 2 }],
    ['many small cuts add up', 100, 1, removals(10, 50), 10, { 'too-many-removals': 1 }],
    ['a used-up limit holds nothing when nobody is to go', 100, 0, removals(10, 50), 10, {}],
  ])('%s', (_, people, leavers, safety, recentRemovals, expected) => {
    expect(tally(companyWith(people, leavers, safety), { recentRemovals })).toEqual(expected);
  });

  test('the hold tells the figures, the limit and whom it concerns', () => {
    expect(firstDetail(companyWith(100, 11, removals(10, 50)), { recentRemovals: 2 })).toBe(
      '11 planned and 2 done within 7 days make 13; the limit is 10 (the lower of 10 and 50 % of 102 people). All removals of the plan wait.',
    );
  });

  test('people who are invited in the same plan are not held', () => {
    const world = companyWith(30, 11, removals(10, 50));
    world.directory.people.push(person('New'));
    expect(tally(world)).toEqual({ 'too-many-removals': 11, none: 1 });
  });

  test('approved ones go and count no more, and what is asked about stays held whatever the counts say', () => {
    const world = companyWith(100, 11, removals(10, 50));
    const all = fingerprintsOf(world);
    expect(tally(world, { approved: new Set(all) })).toEqual({ none: 11 });
    expect(tally(world, { approved: new Set(all.slice(0, 1)) })).toEqual({ none: 11 });
    const asked = askedAbout('too-many-removals', all);
    expect(tally(world, { approved: new Set(all.slice(0, 6)), requestedRules: asked })).toEqual({
      none: 6,
      'too-many-removals': 5,
    });
  });

  test('rejected ones stay held and do not count: somebody who leaves later is no victim of them', () => {
    const world = companyWith(100, 12, removals(10, 50));
    const rejected = fingerprintsOf(world).slice(0, 11);
    const asked = askedAbout('too-many-removals', rejected);
    expect(tally(world, { requestedRules: asked, rejected: new Set(rejected) })).toEqual({
      none: 1,
      'too-many-removals': 11,
    });
    expect(tally(world, { requestedRules: asked })).toEqual({ 'too-many-removals': 12 });
  });
});

test('however removals are split over plans, no more go unasked within the window than the limit', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 8 });
  const limits = fc.record({ max: fc.nat({ max: 20 }), percent: fc.nat({ max: 100 }) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), cuts, limits, (people, wanted, { max, percent }) => {
      let there = people;
      let gone = 0;
      for (const cut of wanted) {
        const leavers = Math.min(cut, there);
        const { none = 0 } = tally(companyWith(there, leavers, removals(max, percent)), {
          recentRemovals: gone,
        });
        gone += none;
        there -= none;
      }
      const share = percent === 0 ? 0 : Math.max(1, Math.floor((people * percent) / 100));
      expect(gone).toBeLessThanOrEqual(Math.min(max, share));
    }),
    { numRuns: 60 },
  );
});
