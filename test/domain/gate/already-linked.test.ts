import { expect, test } from '@jest/globals';
import { gated, labelWithHold, link, person, user, worldWith } from '../support/world.ts';
import { fingerprintsOf, firstDetail } from './company.ts';

/** Ada has the address of a Timely user who is linked to Bo. */
const taking = (bo: Parameters<typeof person>[1]) =>
  worldWith({
    directory: {
      people: [person('Ada'), person('Bo', { mail: 'bo.new@contoso.example', ...bo })],
    },
    timely: { users: [user(10, 'Ada')] },
    personLinks: [link('Bo', 10)],
  });

test('a user who stands for somebody in scope is not taken over, whoever approves', () => {
  const world = taking({});
  const expected = ['invite ada@contoso.example (already-linked)'];
  expect(gated(world).map(labelWithHold)).toEqual(expected);
  expect(gated(world, { approved: new Set(fingerprintsOf(world)) }).map(labelWithHold)).toEqual(expected);
  expect(firstDetail(world)).toBe(
    'The Timely user ada@contoso.example stands for Bo already. This ends when that person leaves, or when one of the two gets another address.',
  );
});

test('it ends by itself when that person leaves', () => {
  expect(gated(taking({ enabled: false })).map(labelWithHold)).toEqual(['link ada@contoso.example']);
});
