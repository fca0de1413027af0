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
] as const)('follows removedInTimely: %s', (policy, expected) => {
  expect(gated(removedByHand(policy)).map(labelWithHold)).toEqual(expected);
});

test('holds the person by this rule when a limit trips too, until approved', () => {
  const world = removedByHand('ask', 4);
  expect(tally(world)).toEqual({ 'removed-by-hand': 1, 'too-many-invitations': 4 });
  expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 5 });
});

test('says what happened', () => {
  expect(firstDetail(removedByHand('ask'))).toBe(
    'This person was removed in Timely by hand, but the rules want them there.',
  );
});
