import { expect, test } from '@jest/globals';
import { gated, labelWithHold, link, person, user, worldWith } from '../support/world.ts';
import { fingerprintsOf, firstDetail } from './company.ts';

/** Ada has the address of a Timely user who is linked to Bo. */
const worldWithBo = (bo: Parameters<typeof person>[1]) =>
  worldWith({
    directory: {
      people: [person('Ada'), person('Bo', { mail: 'bo.new@contoso.example', ...bo })],
    },
    timely: { users: [user(10, 'Ada')] },
    personLinks: [link('Bo', 10)],
  });

test('holds the invitation, even after approval, while the user belongs to another person in scope', () => {
  const world = worldWithBo({});
  const expected = ['invite ada@contoso.example (already-linked)'];
  expect(gated(world).map(labelWithHold)).toEqual(expected);
  expect(gated(world, { approved: new Set(fingerprintsOf(world)) }).map(labelWithHold)).toEqual(expected);
  expect(firstDetail(world)).toBe(
    'The Timely user ada@contoso.example already belongs to Bo (id-bo). This ends when that person leaves, or when one of the two gets another address.',
  );
});

test('links the user when the other person leaves', () => {
  expect(gated(worldWithBo({ name: 'Ada', enabled: false })).map(labelWithHold)).toEqual([
    'link ada@contoso.example',
  ]);
});
