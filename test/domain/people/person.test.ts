import { describe, expect, test } from '@jest/globals';
import { emailOf, homeDomain } from '../../../domain/people/person.ts';
import { sameText } from '../../../domain/text.ts';
import { guest, person } from '../support/world.ts';

describe('the address of a person', () => {
  test.each([
    ['mail comes first', { mail: 'ada@a.example', proxyAddresses: ['SMTP:x@b.example'] }, 'ada@a.example'],
    [
      'the domain goes out in lower case, the rest as it is',
      { mail: 'Ada.L@CONTOSO.Example' },
      'Ada.L@contoso.example',
    ],
    ['outer blanks are dropped', { mail: '  ada@a.example ' }, 'ada@a.example'],
    [
      'without mail the primary proxy address counts',
      { mail: null, proxyAddresses: ['smtp:old@b.example', 'SMTP:new@b.example'] },
      'new@b.example',
    ],
    [
      'a secondary proxy address never counts',
      { mail: null, proxyAddresses: ['smtp:old@b.example'] },
      'ada@contoso.example',
    ],
    [
      'mail that is no address is passed over',
      { mail: 'ada at home', proxyAddresses: ['SMTP:x@b.example'] },
      'x@b.example',
    ],
    [
      'an address without a top-level domain is passed over',
      { mail: 'ada@localhost' },
      'ada@contoso.example',
    ],
    ['nothing usable gives no address', { mail: '', userPrincipalName: 'ada' }, null],
  ])('%s', (_, patch, expected) => {
    expect(emailOf(person('Ada', patch))).toBe(expected);
  });

  test.each([
    ['bo_partner.example#EXT#@contoso.example', 'bo@partner.example'],
    ['bo_van_dyk_partner.example#ext#@contoso.example', 'bo_van_dyk@partner.example'],
    ['nonsense#EXT#@contoso.example', null],
  ])('of a guest without mail comes from the home address in %s', (userPrincipalName, expected) => {
    expect(emailOf(guest('Bo', { mail: null, userPrincipalName }))).toBe(expected);
  });
});

describe('the home domain', () => {
  test('is the one behind #EXT#, whatever the contact address says', () => {
    expect(homeDomain(guest('Bo', { mail: 'bo@elsewhere.example' }))).toBe('partner.example');
  });
  test('counts for a member from outside as well', () => {
    expect(homeDomain(guest('Bo', { kind: 'member' }))).toBe('partner.example');
  });
  test('of a guest whose account is our own is that of the sign-in name', () => {
    expect(homeDomain(guest('Bo', { userPrincipalName: 'bo@Contoso.example' }))).toBe('contoso.example');
  });
  test('of a member of our own is none', () => {
    expect(homeDomain(person('Ada'))).toBeNull();
  });
});

test('texts are the same without regard to case and outer blanks, and no further', () => {
  expect(sameText(' Design ', 'dESIGN')).toBe(true);
  expect(sameText('De sign', 'Design')).toBe(false);
});
