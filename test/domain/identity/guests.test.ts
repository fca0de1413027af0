// Anyone may have typed the contact address of a guest: it gives them no account, and takes nobody's away.
import { describe, expect, test } from '@jest/globals';
import type { Person } from '../../../domain/people/directory.ts';
import type { PersonLink } from '../../../domain/people/link.ts';
import type { TimelyUser } from '../../../domain/timely.ts';
import { gated, guest, labelWithHold, link, user, worldWith } from '../support/world.ts';

const scopeWith = (guestDomains: string[][] = []) => ({
  include: [{ everyone: true as const }],
  exclude: [],
  guests: 'include' as const,
  guestDomains,
});

const labels = (
  person: Partial<Person>,
  users: TimelyUser[] = [],
  { guestDomains = [] as string[][], personLinks = [] as PersonLink[] } = {},
) =>
  gated(
    worldWith({
      rules: { scope: scopeWith(guestDomains) },
      directory: { people: [guest('Bo', person)] },
      timely: { users },
      personLinks,
    }),
  ).map(labelWithHold);

const together = [['partner.onmicrosoft.example', 'Partner.example', 'münchen.example']];

describe('a contact address', () => {
  test.each([
    [
      'of a domain that belongs to the home domain',
      { mail: 'bo@partner.onmicrosoft.example' },
      together,
      false,
    ],
    ['of such a domain in ASCII', { mail: 'BO@xn--mnchen-3ya.example' }, together, false],
    ['of such a domain under another local part', { mail: 'b@partner.onmicrosoft.example' }, together, true],
    ['of a domain that no set has', { mail: 'bo@elsewhere.example' }, together, true],
    ['of a domain of another set', { mail: 'bo@a.example' }, [...together, ['a.example', 'b.example']], true],
    ['of a member from outside', { kind: 'member' as const, mail: 'b@partner.example' }, [], true],
    ['of a guest with an account here', { userPrincipalName: 'bo@contoso.example' }, [], true],
    [
      'that only looks like the home address',
      { userPrincipalName: '\u212aim_partner.example#EXT#@contoso.example', mail: 'kim@partner.example' },
      [],
      true,
    ],
    ['that is the home address', {}, [], false],
  ])('%s is held: %s', (_, person, guestDomains, isHeld) => {
    const [label] = labels(person, [], { guestDomains });
    expect(label?.endsWith('(identity-mismatch)')).toBe(isHeld);
  });
});

test.each([
  ['a present user', user(10, 'Bo', { email: 'bo@partner.example' }), 'link bo@partner.example'],
  [
    'a removed user',
    user(10, 'Bo', { email: 'bo@partner.example', removed: true }),
    'reinstate bo@partner.example',
  ],
])('a guest gets %s only after approval, also under the home address', (_, known, expected) => {
  expect(labels({}, [known])).toEqual([`${expected} (identity-mismatch)`]);
});

test('a guest keeps the user that the sync invited', () => {
  const invited = user(10, 'Bo', { email: 'bo@partner.example', externalId: 'id-bo' });
  expect(labels({}, [invited])).toEqual(['link bo@partner.example']);
});

test('the unmanaged manager behind a typed address is neither adopted nor demoted', () => {
  const manager = user(10, 'Boss', { email: 'b@gmail.example', role: 'manager' });
  const typed = { userPrincipalName: 'a_gmail.example#EXT#@contoso.example', mail: 'b@gmail.example' };
  for (const label of labels(typed, [manager])) expect(label).toMatch(/\(identity-mismatch\)$/);
});

describe('the removal of a guest who left', () => {
  const typed = { mail: 'b@partner.example' };
  const there = (email: string, patch: Partial<TimelyUser> = {}) => [user(10, 'B', { email, ...patch })];
  const tie = link('Bo', 10, { email: 'b@partner.example' });
  test.each([
    ['under a typed address waits', there('b@partner.example'), tie, true],
    [
      'does not wait once the link was approved',
      there('b@partner.example'),
      { ...tie, confirmed: true as const },
      false,
    ],
    [
      'does not wait when the sync invited them',
      there('b@partner.example', { externalId: 'id-bo' }),
      tie,
      false,
    ],
    ['does not wait under the home address', there('bo@partner.example'), tie, false],
  ])('%s', (_, users, personLink, isHeld) => {
    const hold = isHeld ? ' (identity-mismatch)' : '';
    const disabled = { ...typed, enabled: false };
    expect(labels(disabled, users, { personLinks: [personLink] })).toEqual([
      `remove b@partner.example${hold}`,
    ]);
  });

  test('waits as well when the directory has deleted them', () => {
    const { name, userPrincipalName, proxyAddresses, kind } = guest('Bo');
    const former = { name, userPrincipalName, mail: 'b@partner.example', proxyAddresses, kind };
    const world = worldWith({
      rules: { scope: scopeWith() },
      timely: { users: there('b@partner.example') },
      personLinks: [{ ...tie, former }],
    });
    expect(gated(world).map(labelWithHold)).toEqual(['remove b@partner.example (identity-mismatch)']);
  });
});
