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
])('%d invitations with a limit of %d', (count, max, expected) => {
  expect(tally(arriving(count, max))).toEqual(expected);
});

test('the hold tells the figure, the limit and whom it concerns', () => {
  expect(firstDetail(arriving(4, 3))).toBe(
    '4 invitations and reinstatements are planned; the limit is 3. All of them wait.',
  );
});

test('reinstatements count, links do not', () => {
  const world = arriving(4, 1);
  world.timely.users.push(user(100, 'P000'), user(101, 'P001', { removed: true }));
  expect(tally(world)).toEqual({ none: 1, 'too-many-invitations': 3 });
});

test('approved ones go and count no more, so that those who come later are measured for themselves', () => {
  const world = arriving(6, 3);
  const approved = new Set(fingerprintsOf(world).slice(0, 4));
  expect(tally(world, { approved })).toEqual({ none: 6 });
  expect(tally(world, { approved: new Set([...approved].slice(0, 2)) })).toEqual({
    none: 2,
    'too-many-invitations': 4,
  });
});
