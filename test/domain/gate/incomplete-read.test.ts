import { describe, expect, test } from '@jest/globals';
import { person } from '../support/world.ts';
import { companyWith, fingerprintsOf, firstDetail, sensitivity, tally } from './company.ts';

describe.each([
  ['directory', 'the directory'],
  ['timely', 'Timely'],
] as const)('while the read of %s is incomplete', (side, name) => {
  const incomplete = (...parameters: Parameters<typeof companyWith>) => {
    const world = companyWith(...parameters);
    world.directory.people.push(person('New'));
    world[side].complete = false;
    return world;
  };

  test('holds removals but not invitations, even after approval', () => {
    const world = incomplete(9, 2);
    expect(tally(world)).toEqual({ 'incomplete-read': 2, none: 1 });
    const approved = new Set(fingerprintsOf(world));
    expect(tally(world, { approved })).toEqual({ 'incomplete-read': 2, none: 1 });
  });

  test('holds removals by this rule when they are many or sensitive too', () => {
    const world = incomplete(30, 12, {
      removals: { max: 10, percent: 100, windowDays: 7 },
      ...sensitivity({ emails: ['p000@contoso.example'] }),
    });
    expect(tally(world, { firstCycle: true })).toEqual({ 'incomplete-read': 12, none: 1 });
  });

  test('names the side', () => {
    expect(firstDetail(incomplete(9, 2))).toBe(
      `The read of ${name} is not complete, so it does not prove that a person left. This ends with the next complete read.`,
    );
  });
});

test('holds nothing when both reads are complete', () => {
  expect(tally(companyWith(9, 2))).toEqual({ none: 2 });
});
