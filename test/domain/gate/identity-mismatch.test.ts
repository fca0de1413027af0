import { expect, test } from '@jest/globals';
import { gated, guest, labelWithHold, person, worldWith } from '../support/world.ts';
import { fingerprintsOf, firstDetail, names, tally } from './company.ts';

const lure = (mail: string, others = 0) =>
  worldWith({
    rules: {
      scope: { include: [{ everyone: true }], exclude: [], guests: 'include' },
      safety: { invitations: { max: 3 } },
    },
    directory: { people: [guest('Bo', { mail }), ...names(others).map((name) => person(name))] },
  });

test.each([
  ['of the home domain', 'bo@partner.example', ['invite bo@partner.example']],
  ['of the home domain in capitals', 'BO@PARTNER.example', ['invite BO@partner.example']],
  ['of another domain', 'bo@elsewhere.example', ['invite bo@elsewhere.example (identity-mismatch)']],
])('a guest whose contact address is %s', (_, mail, expected) => {
  expect(gated(lure(mail)).map(labelWithHold)).toEqual(expected);
});

test('is asked about alone although a limit is tripped, and goes after an approval', () => {
  const world = lure('bo@elsewhere.example', 4);
  expect(tally(world)).toEqual({ 'identity-mismatch': 1, 'too-many-invitations': 4 });
  expect(tally(world, { approved: new Set(fingerprintsOf(world)) })).toEqual({ none: 5 });
});

test('the hold names both addresses', () => {
  expect(firstDetail(lure('bo@elsewhere.example'))).toBe(
    'The contact address bo@elsewhere.example names another domain than the home address in bo_partner.example#EXT#@contoso.example, and anyone may have typed it.',
  );
});
