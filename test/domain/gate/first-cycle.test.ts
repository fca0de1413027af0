import { expect, test } from '@jest/globals';
import { person } from '../support/world.ts';
import { companyWith, fingerprintsOf, firstDetail, tally } from './company.ts';

test('holds only removals in the first cycle, unless the tenant file allows them', () => {
  const world = companyWith(9, 2);
  world.directory.people.push(person('New'));
  expect(tally(world, { firstCycle: true })).toEqual({ 'first-cycle': 2, none: 1 });
  expect(tally(world)).toEqual({ none: 3 });
  const allowed = companyWith(9, 2, { firstCycle: { removals: 'allow' } });
  expect(tally(allowed, { firstCycle: true })).toEqual({ none: 2 });
});

test('reports a tripped limit first', () => {
  const world = companyWith(9, 2, { removals: { max: 1, percent: 100, windowDays: 7 } });
  expect(tally(world, { firstCycle: true })).toEqual({ 'too-many-removals': 2 });
});

test('lets approved removals pass and names the setting', () => {
  const world = companyWith(9, 2);
  expect(tally(world, { firstCycle: true, approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 2 });
  expect(firstDetail(world, { firstCycle: true })).toBe(
    'This is the first cycle of the tenant, and safety.firstCycle.removals is "hold".',
  );
});
