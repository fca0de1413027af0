import { describe, expect, test } from '@jest/globals';
import { person } from '../support/world.ts';
import { companyWith, fingerprintsOf, firstDetail, sensitivity, tally } from './company.ts';

describe.each([
  ['directory', 'the directory'],
  ['timely', 'Timely'],
] as const)('while the read of %s is not complete', (side, name) => {
  const doubtful = (...parameters: Parameters<typeof companyWith>) => {
    const world = companyWith(...parameters);
    world.directory.people.push(person('New'));
    world[side].complete = false;
    return world;
  };

  test('removals wait, invitations do not, and no approval helps', () => {
    const world = doubtful(9, 2);
    expect(tally(world)).toEqual({ 'incomplete-read': 2, none: 1 });
    const approved = new Set(fingerprintsOf(world));
    expect(tally(world, { approved })).toEqual({ 'incomplete-read': 2, none: 1 });
  });

  test('nobody is asked about what the read does not prove: neither many removals nor sensitive ones', () => {
    const world = doubtful(30, 12, {
      removals: { max: 10, percent: 100, windowDays: 7 },
      ...sensitivity({ emails: ['p000@contoso.example'] }),
    });
    expect(tally(world, { firstCycle: true })).toEqual({ 'incomplete-read': 12, none: 1 });
  });

  test('the hold names the side', () => {
    expect(firstDetail(doubtful(9, 2))).toBe(
      `The read of ${name} is not complete, so it proves nobody's departure. This ends with the next complete read.`,
    );
  });
});

test('with both sides complete nothing waits for a read', () => {
  expect(tally(companyWith(9, 2))).toEqual({ none: 2 });
});
