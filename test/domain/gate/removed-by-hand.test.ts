import { expect, test } from '@jest/globals';
import { gated, labelWithHold, link, person, user, worldWith } from '../support/world.ts';
import { fingerprintsOf, firstDetail, names, tally } from './company.ts';

const removedByHand = (removedInTimely: 'ask' | 'restore' | 'respect', others = 0) =>
  worldWith({
    rules: {
      leavers: { action: 'remove', graceDays: 0, removedInTimely },
      safety: { invitations: { max: 3 } },
    },
    directory: { people: [person('Ada'), ...names(others).map((name) => person(name))] },
    timely: { users: [user(10, 'Ada', { removed: true })] },
    personLinks: [link('Ada', 10)],
  });

test.each([
  ['ask', ['reinstate ada@contoso.example (removed-by-hand)']],
  ['restore', ['reinstate ada@contoso.example']],
  ['respect', []],
] as const)('removedInTimely: %s', (policy, expected) => {
  expect(gated(removedByHand(policy)).map(labelWithHold)).toEqual(expected);
});

test('is asked about alone although a limit is tripped, and goes after an approval', () => {
  const world = removedByHand('ask', 4);
  expect(tally(world)).toEqual({ 'removed-by-hand': 1, 'too-many-invitations': 4 });
  expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 5 });
});

test('the hold says what happened', () => {
  expect(firstDetail(removedByHand('ask'))).toBe(
    'Somebody removed this person in Timely by hand, while the rules want them there.',
  );
});
