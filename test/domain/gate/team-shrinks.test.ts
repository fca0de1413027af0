import { expect, test } from '@jest/globals';
import { group, members, team } from '../support/world.ts';
import { companyWith, fingerprintsOf, firstDetail, names, tally } from './company.ts';

const guild = group('Guild');
type Limits = { percent: number; min: number };

function shrinking(
  of: number,
  out: number,
  { manual = 'keep', limits = { percent: 50, min: 5 } }: { manual?: 'keep' | 'remove'; limits?: Limits } = {},
) {
  const world = companyWith(of, 0, { teamShrink: limits });
  return {
    ...world,
    rules: {
      ...world.rules,
      teams: [{ kind: 'group' as const, group: guild.id }],
      teamMembers: { ...world.rules.teamMembers, manual },
    },
    directory: {
      ...world.directory,
      groups: [guild],
      memberships: members(guild.id, ...world.directory.people.slice(out).map(({ id }) => id)),
    },
    timely: { ...world.timely, teams: [team(50, 'Guild', ...names(of).map((_, index) => 100 + index))] },
    teamLinks: [
      {
        source: `group:${guild.id}`,
        timelyId: 50,
        origin: 'created' as const,
        name: null,
        personIds: manual === 'keep' ? world.directory.people.map(({ id }) => id) : [],
      },
    ],
  };
}

test.each<[string, number, number, Limits, Record<string, number>]>([
  ['below the percentage', 11, 5, { percent: 50, min: 5 }, { none: 1 }],
  ['at the percentage', 10, 5, { percent: 50, min: 5 }, { 'team-shrinks': 1 }],
  ['above the percentage', 12, 7, { percent: 50, min: 5 }, { 'team-shrinks': 1 }],
  ['below the number of people when all leave', 4, 4, { percent: 50, min: 5 }, { none: 1 }],
  ['at the number of people', 5, 5, { percent: 50, min: 5 }, { 'team-shrinks': 1 }],
  ['above the number of people', 6, 6, { percent: 50, min: 5 }, { 'team-shrinks': 1 }],
  ['at one leaver when both limits are 0', 10, 1, { percent: 0, min: 0 }, { 'team-shrinks': 1 }],
  ['without leavers when both limits are 0', 10, 0, { percent: 0, min: 0 }, {}],
  ['below all members at 100 %', 10, 9, { percent: 100, min: 0 }, { none: 1 }],
  ['at all members at 100 %', 10, 10, { percent: 100, min: 0 }, { 'team-shrinks': 1 }],
])('judges a team %s: of %d members %d leave', (_, of, out, limits, expected) => {
  expect(tally(shrinking(of, out, { limits }))).toEqual(expected);
});

test('counts members added by hand when they must leave too', () => {
  expect(tally(shrinking(10, 5, { manual: 'remove' }))).toEqual({ 'team-shrinks': 1 });
  expect(tally(shrinking(10, 4, { manual: 'remove' }))).toEqual({ none: 1 });
});

test('states the figures, the limits and the team', () => {
  expect(firstDetail(shrinking(10, 5))).toBe(
    '5 of 10 people would leave the team "Guild"; the limits are 5 people and 50 %.',
  );
});

test('holds the retirement of a team of any size', () => {
  const world = { ...shrinking(1, 0) };
  world.rules = { ...world.rules, teams: [] };
  expect(tally(world)).toEqual({ 'team-shrinks': 1 });
  expect(firstDetail(world)).toBe(
    'The source of the team "Guild" is gone. Retiring a team always needs approval. Approving deletes the team in Timely with its 1 member; the members keep the projects that they have.',
  );
});

test('lets approved changes pass', () => {
  const world = shrinking(10, 5);
  expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 1 });
});

test('keeps people whose removal waits in their teams', () => {
  const world = shrinking(10, 10);
  world.directory.people = [];
  world.rules.safety = { ...world.rules.safety, removals: { max: 5, percent: 100, windowDays: 7 } };
  expect(tally(world)).toEqual({ 'too-many-removals': 10 });
});
