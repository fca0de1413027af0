import { expect, test } from '@jest/globals';
import { gated, labelWithHold, person, worldWith } from '../support/world.ts';
import { fingerprintsOf, firstDetail, sensitivity, tally } from './company.ts';

const sharing = (...mails: string[]) =>
  worldWith({
    directory: { people: mails.map((mail, index) => person(`P${index}`, { mail })) },
  });

test.each([
  ['two addresses', ['a@contoso.example', 'b@contoso.example'], { none: 2 }],
  [
    'one address for two, in any spelling',
    ['a@contoso.example', ' A@contoso.example'],
    { 'duplicate-email': 2 },
  ],
  [
    'one address for two of three: the third goes on',
    ['a@contoso.example', 'a@contoso.example', 'b@contoso.example'],
    { 'duplicate-email': 2, none: 1 },
  ],
])('%s', (_, mails, expected) => {
  expect(tally(sharing(...mails))).toEqual(expected);
});

test('nobody can approve it, and nobody is asked, sensitive people neither', () => {
  const world = sharing('a@contoso.example', 'a@contoso.example');
  world.rules.safety = { ...world.rules.safety, ...sensitivity({ emails: ['a@contoso.example'] }) };
  const expected = [
    'invite a@contoso.example (duplicate-email)',
    'invite a@contoso.example (duplicate-email)',
  ];
  expect(gated(world).map(labelWithHold)).toEqual(expected);
  expect(gated(world, { approved: new Set(fingerprintsOf(world)) }).map(labelWithHold)).toEqual(expected);
});

test('the hold names whoever has the address as well', () => {
  expect(firstDetail(sharing('a@contoso.example', 'a@contoso.example'))).toBe(
    'In scope with the same address a@contoso.example: P1 (id-p1).',
  );
});
