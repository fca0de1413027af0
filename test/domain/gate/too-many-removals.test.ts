import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '../../support/property-runs.ts';
import { person } from '../support/world.ts';
import { askedAbout, companyWith, fingerprintsOf, firstDetail, tally } from './company.ts';

const removals = (max: number, percent: number) => ({ removals: { max, percent, windowDays: 7 } });

describe('too many removals', () => {
  test.each([
    ['none below the number', 100, 9, removals(10, 50), 0, { none: 9 }],
    ['none at the number', 100, 10, removals(10, 50), 0, { none: 10 }],
    ['all above the number', 100, 11, removals(10, 50), 0, { 'too-many-removals': 11 }],
    ['none below the percentage', 50, 4, removals(10, 10), 0, { none: 4 }],
    ['none at the percentage', 50, 5, removals(10, 10), 0, { none: 5 }],
    ['all above the percentage', 50, 6, removals(10, 10), 0, { 'too-many-removals': 6 }],
    ['all above a percentage that rounds down', 59, 6, removals(10, 10), 0, { 'too-many-removals': 6 }],
    ['not one removal when the percentage is below one person', 5, 1, removals(10, 10), 0, { none: 1 }],
    [
      'two removals when the percentage is below one person',
      5,
      2,
      removals(10, 10),
      0,
      { 'too-many-removals': 2 },
    ],
    ['not the only person', 1, 1, removals(10, 10), 0, { none: 1 }],
    ['all when the percentage is 0', 100, 1, removals(10, 0), 0, { 'too-many-removals': 1 }],
    ['all when the number is 0', 100, 1, removals(0, 10), 0, { 'too-many-removals': 1 }],
    ['none at the number when the percentage is 100', 10, 10, removals(10, 100), 0, { none: 10 }],
    ['none at the limit with recent removals', 96, 6, removals(10, 10), 4, { none: 6 }],
    ['all above the limit with recent removals', 96, 7, removals(10, 10), 4, { 'too-many-removals': 7 }],
    [
      'all above a percentage that counts removed people as present',
      50,
      2,
      removals(10, 10),
      10,
      { 'too-many-removals': 2 },
    ],
    ['all when recent removals used up the limit', 100, 1, removals(10, 50), 10, { 'too-many-removals': 1 }],
    ['none without a removal when the limit is used up', 100, 0, removals(10, 50), 10, {}],
  ])('holds %s', (_, people, leavers, safety, recentRemovals, expected) => {
    expect(tally(companyWith(people, leavers, safety), { recentRemovals })).toEqual(expected);
  });

  test('states the figures, the limit and the changes concerned', () => {
    expect(firstDetail(companyWith(100, 11, removals(10, 50)), { recentRemovals: 2 })).toBe(
      '11 planned and 2 done within 7 days make 13; the limit is 10 (the lower of 10 and 50 % of 102 people). All removals of the plan wait.',
    );
  });

  test('does not hold invitations of the same plan', () => {
    const world = companyWith(30, 11, removals(10, 50));
    world.directory.people.push(person('New'));
    expect(tally(world)).toEqual({ 'too-many-removals': 11, none: 1 });
  });

  test('lets approved removals pass without counting them, and keeps holding requested ones at any count', () => {
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

  test('keeps holding rejected removals without counting them, so that later leavers pass', () => {
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

test('never lets more removals pass without approval within the window than the limit, over any plans', () => {
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
    { numRuns: propertyRuns(60) },
  );
});
