import { expect, test } from '@jest/globals';
import { gated, guest, labelWithHold, person, worldWith } from '../support/world.ts';
import { fingerprintsOf, firstDetail, names, tally } from './company.ts';

const guestWith = (mail: string, others = 0) =>
  worldWith({
    rules: {
      scope: { include: [{ everyone: true }], exclude: [], guests: 'include', guestDomains: [] },
      safety: { invitations: { max: 3 } },
    },
    directory: { people: [guest('Bo', { mail }), ...names(others).map((name) => person(name))] },
  });

test.each([
  ['with the home domain', 'bo@partner.example', ['invite bo@partner.example']],
  ['with the home domain in capitals', 'BO@PARTNER.example', ['invite BO@partner.example']],
  ['with another domain', 'bo@elsewhere.example', ['invite bo@elsewhere.example (identity-mismatch)']],
  ['with another local part', 'b@partner.example', ['invite b@partner.example (identity-mismatch)']],
])('judges a guest by a contact address %s', (_, mail, expected) => {
  expect(gated(guestWith(mail)).map(labelWithHold)).toEqual(expected);
});

test('holds the guest by this rule when a limit trips too, until approved', () => {
  const world = guestWith('bo@elsewhere.example', 4);
  expect(tally(world)).toEqual({ 'identity-mismatch': 1, 'too-many-invitations': 4 });
  expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 5 });
});

test('names both addresses', () => {
  expect(firstDetail(guestWith('bo@elsewhere.example'))).toBe(
    'The contact address bo@elsewhere.example is not the home address bo@partner.example in bo_partner.example#EXT#@contoso.example. Anyone may have typed it. Approve when the mailbox is theirs; domains that belong together go under scope.guestDomains.',
  );
});
