import { expect, test } from '@jest/globals';
import { gated, labelWithHold, person, worldWith } from '../support/world.ts';
import { fingerprintsOf, firstDetail, sensitivity, tally } from './company.ts';

const sharing = (...mails: string[]) =>
  worldWith({
    directory: { people: mails.map((mail, index) => person(`P${index}`, { mail })) },
  });

test.each([
  ['nothing for two addresses', ['a@contoso.example', 'b@contoso.example'], { none: 2 }],
  [
    'two people with one address in any spelling',
    ['a@contoso.example', ' A@contoso.example'],
    { 'duplicate-email': 2 },
  ],
  [
    'two of three people, who share an address',
    ['a@contoso.example', 'a@contoso.example', 'b@contoso.example'],
    { 'duplicate-email': 2, none: 1 },
  ],
])('holds %s', (_, mails, expected) => {
  expect(tally(sharing(...mails))).toEqual(expected);
});

test('holds sensitive people by this rule too, even after approval', () => {
  const world = sharing('a@contoso.example', 'a@contoso.example');
  world.rules.safety = { ...world.rules.safety, ...sensitivity({ emails: ['a@contoso.example'] }) };
  const expected = [
    'invite a@contoso.example (duplicate-email)',
    'invite a@contoso.example (duplicate-email)',
  ];
  expect(gated(world).map(labelWithHold)).toEqual(expected);
  expect(gated(world, { approved: new Set(fingerprintsOf(world)) }).map(labelWithHold)).toEqual(expected);
});

test('names the other people with the address', () => {
  expect(firstDetail(sharing('a@contoso.example', 'a@contoso.example'))).toBe(
    'Other people in scope have the same address a@contoso.example: P1 (id-p1).',
  );
});
