import { describe, expect, test } from '@jest/globals';
import {
  addressKeysOf,
  emailOf,
  homeDomain,
  matchKeysOf,
  otherAddressKeysOf,
} from '../../../domain/people/person.ts';
import { sameText } from '../../../domain/text.ts';
import { guest, person } from '../support/world.ts';

describe('the address of a person', () => {
  test.each([
    ['mail comes first', { mail: 'ada@a.example', proxyAddresses: ['SMTP:x@b.example'] }, 'ada@a.example'],
    [
      'has its domain in lower case and keeps the local part',
      { mail: 'Ada.L@CONTOSO.Example' },
      'Ada.L@contoso.example',
    ],
    ['outer blanks are dropped', { mail: '  ada@a.example ' }, 'ada@a.example'],
    [
      'is the primary proxy address without mail',
      { mail: null, proxyAddresses: ['smtp:old@b.example', 'SMTP:new@b.example'] },
      'new@b.example',
    ],
    [
      'is never a secondary proxy address',
      { mail: null, proxyAddresses: ['smtp:old@b.example'] },
      'ada@contoso.example',
    ],
    [
      'skips mail that is no address',
      { mail: 'ada at home', proxyAddresses: ['SMTP:x@b.example'] },
      'x@b.example',
    ],
    ['skips an address without a top-level domain', { mail: 'ada@localhost' }, 'ada@contoso.example'],
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
  test('is the one in front of #EXT# for any contact address', () => {
    expect(homeDomain(guest('Bo', { mail: 'bo@elsewhere.example' }))).toBe('partner.example');
  });
  test('exists for an external member too', () => {
    expect(homeDomain(guest('Bo', { kind: 'member' }))).toBe('partner.example');
  });
  test('is the domain of the sign-in name for a guest with an account of the tenant', () => {
    expect(homeDomain(guest('Bo', { userPrincipalName: 'bo@Contoso.example' }))).toBe('contoso.example');
  });
  test('does not exist for a member of the tenant', () => {
    expect(homeDomain(person('Ada'))).toBeNull();
  });
});

test('texts are equal without case and outer blanks, but not otherwise', () => {
  expect(sameText(' Design ', 'dESIGN')).toBe(true);
  expect(sameText('De sign', 'Design')).toBe(false);
});

describe('a secondary address', () => {
  const ada = person('Ada', { otherAddresses: ['Ada@Private.example'] });

  test('counts in comparisons, and matches nobody', () => {
    expect(addressKeysOf(ada)).toContain('ada@private.example');
    expect(otherAddressKeysOf(ada, emailOf(ada))).toEqual(['ada@private.example']);
    expect(matchKeysOf(ada)).not.toContain('ada@private.example');
    expect(emailOf(person('Ada', { ...ada, mail: null, userPrincipalName: 'ada' }))).toBeNull();
  });
});

describe('the home address of a guest whose mail is their sign-in name', () => {
  const signIn = 'bo_partner.example#EXT#@contoso.example';
  const bo = guest('Bo', { mail: signIn, userPrincipalName: signIn, proxyAddresses: [`SMTP:${signIn}`] });

  test('counts in comparisons and matches a Timely user', () => {
    expect(addressKeysOf(bo)).toContain('bo@partner.example');
    expect(otherAddressKeysOf(bo, emailOf(bo))).toEqual(['bo@partner.example']);
    expect(matchKeysOf(bo)).toContain('bo@partner.example');
  });
});

test('a person with one address in several places has one key', () => {
  const mail = 'Ada@Contoso.example';
  const ada = person('Ada', { mail, userPrincipalName: mail, proxyAddresses: [`SMTP:${mail}`] });
  expect(addressKeysOf(ada)).toEqual(['ada@contoso.example']);
  const without = { mail: 'ada', userPrincipalName: 'ada', proxyAddresses: [] };
  expect(addressKeysOf(person('Ada', without))).toEqual([]);
});
