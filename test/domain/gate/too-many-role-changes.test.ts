import { describe, expect, test } from '@jest/globals';
import {
  gated,
  group,
  labelWithHold,
  link,
  members,
  person,
  user,
  type World,
  worldWith,
} from '../support/world.ts';
import { askedAbout, fingerprintsOf, firstDetail, names, tally } from './company.ts';

const limits = (max: number, percent: number) => ({ roleChanges: { max, percent, windowDays: 7 } });

/** A company of linked people: the first ones become managers, the last ones employees. */
function company(people: number, raised: number, lowered: number, safety: object): World {
  const all = names(people);
  return worldWith({
    rules: {
      safety,
      roles: { default: 'employee', adopted: 'keep', rules: [{ group: 'Managers', role: 'manager' }] },
    },
    directory: {
      people: all.map((name) => person(name)),
      groups: [group('Managers')],
      memberships: members(
        'group-managers',
        ...all.slice(0, raised).map((name) => `id-${name.toLowerCase()}`),
      ),
    },
    timely: {
      users: all.map((name, index) =>
        user(100 + index, name, { role: index >= people - lowered ? 'manager' : 'employee' }),
      ),
    },
    personLinks: all.map((name, index) => link(name, 100 + index)),
  });
}

describe('too many role changes', () => {
  test.each([
    ['none at the number', 200, 10, 10, limits(20, 50), 0, { none: 20 }],
    ['all above the number, raised and lowered together', 200, 10, 11, limits(20, 50), 0, { held: 21 }],
    ['none at the percentage', 50, 5, 0, limits(20, 10), 0, { none: 5 }],
    ['all above the percentage', 50, 3, 3, limits(20, 10), 0, { held: 6 }],
    ['not one change when the percentage is below one person', 5, 1, 0, limits(20, 10), 0, { none: 1 }],
    ['one change when the percentage is 0', 100, 0, 1, limits(20, 0), 0, { held: 1 }],
    ['none at the limit with recent changes', 200, 5, 5, limits(20, 50), 10, { none: 10 }],
    ['all above the limit with recent changes', 200, 6, 5, limits(20, 50), 10, { held: 11 }],
  ])('holds %s', (_case, people, raised, lowered, safety, recentRoleChanges, expected) => {
    const { 'too-many-role-changes': held, ...others } = tally(company(people, raised, lowered, safety), {
      recentRoleChanges,
    });
    expect({ ...others, ...(held && { held }) }).toEqual(expected);
  });

  test('states the figures and the limit', () => {
    expect(firstDetail(company(100, 10, 1, limits(10, 50)), { recentRoleChanges: 2 })).toBe(
      '11 planned and 2 done within 7 days make 13; the limit is 10 (the lower of 10 and 50 % of 100 people). All role changes of the plan wait.',
    );
  });

  test('lets approved changes pass without counting them, and keeps holding requested ones at any count', () => {
    const world = company(100, 6, 5, limits(10, 50));
    const all = fingerprintsOf(world);
    expect(tally(world, { approved: new Set(all) })).toEqual({ none: 11 });
    const requestedRules = askedAbout('too-many-role-changes', all);
    expect(tally(world, { approved: new Set(all.slice(0, 6)), requestedRules })).toEqual({
      none: 6,
      'too-many-role-changes': 5,
    });
  });

  test('counts the people whom the same plan links, and holds no other change', () => {
    const world = company(40, 5, 0, limits(20, 10));
    world.personLinks = [];
    world.directory.people.push(person('New'));
    const labels = gated(world).map(labelWithHold);
    expect(labels.filter((label) => label.endsWith('(too-many-role-changes)'))).toHaveLength(5);
    expect(labels).toHaveLength(40 + 5 + 1);
    world.rules.safety.roleChanges.percent = 15;
    expect(tally(world)).toEqual({ none: 46 });
  });
});
