import { expect, test } from '@jest/globals';
import { person, user, worldWith } from '../support/world.ts';
import { fingerprintsOf, firstDetail, names, tally } from './company.ts';

const arriving = (count: number, max: number) =>
  worldWith({
    rules: { safety: { invitations: { max } } },
    directory: { people: names(count).map((name) => person(name)) },
  });

test.each([
  [2, 3, { none: 2 }],
  [3, 3, { none: 3 }],
  [4, 3, { 'too-many-invitations': 4 }],
  [1, 0, { 'too-many-invitations': 1 }],
  [0, 0, {}],
])('judges %d invitations by a limit of %d', (count, max, expected) => {
  expect(tally(arriving(count, max))).toEqual(expected);
});

test('states the figure, the limit and the changes concerned', () => {
  expect(firstDetail(arriving(4, 3))).toBe(
    '4 invitations and reinstatements are planned; the limit is 3. All of them wait.',
  );
});

test('counts reinstatements but not links', () => {
  const world = arriving(4, 1);
  world.timely.users.push(user(100, 'P000'), user(101, 'P001', { removed: true }));
  expect(tally(world)).toEqual({ none: 1, 'too-many-invitations': 3 });
});

test('lets approved invitations pass without counting them, so that later ones have their own limit', () => {
  const world = arriving(6, 3);
  const approved = new Set(fingerprintsOf(world).slice(0, 4));
  expect(tally(world, { approved })).toEqual({ none: 6 });
  expect(tally(world, { approved: new Set([...approved].slice(0, 2)) })).toEqual({
    none: 2,
    'too-many-invitations': 4,
  });
});
