/** What of a record of SAP becomes a person. */
import { describe, expect, test } from '@jest/globals';
import { personPatch, sapUser } from '../../../directory/sap/read/people.ts';
import { ConfigurationError } from '../../../domain/errors.ts';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const sap = 'urn:ietf:params:scim:schemas:extension:sap:2.0:User';
const custom = 'urn:sap:cloud:scim:schemas:extension:custom:2.0:User';
const ownUrn = 'urn:contoso:hr:1.0:User';

const ada = {
  id: '07d9ac99-158d-4779-bda5-bb7febafc018',
  active: true,
  userName: 'u101',
  displayName: 'Ada Abel',
  name: { givenName: 'Ada', familyName: 'Abel' },
  userType: 'employee',
  emails: [{ value: 'ada@contoso.example', primary: true }],
};

function patchOf(changes: Record<string, unknown>, attributes: string[] = []) {
  return personPatch(sapUser.parse({ ...ada, ...changes }), { attributes, managers: false });
}

test('an employee is a member of the house', () => {
  expect(patchOf({})).toMatchObject({
    name: 'Ada Abel',
    mail: 'ada@contoso.example',
    enabled: true,
    kind: 'member',
    otherKind: null,
    invitation: null,
    isMailUnverified: false,
    otherAddresses: [],
  });
});

test.each([
  ['Employee', 'member', null],
  ['onboardee', 'member', null],
  [undefined, 'member', null],
  ['PARTNER', 'guest', null],
  ['external', 'guest', null],
  ['customer', 'guest', 'customer'],
  ['public', 'guest', 'public'],
  ['alumni', 'guest', 'alumni'],
  ['agent', 'guest', 'agent'],
])('userType %s is a %s, and %s as another kind', (userType, kind, otherKind) => {
  expect(patchOf({ userType })).toMatchObject({ kind, otherKind });
});

test.each([
  [{ displayName: 'None' }, 'Ada Abel'],
  [{ displayName: undefined }, 'Ada Abel'],
  [{ displayName: '', name: null }, 'ada@contoso.example'],
  [{ displayName: 'None', name: null, emails: [] }, 'u101'],
])('the name of %j is %s', (changes, name) => {
  expect(patchOf(changes).name).toBe(name);
});

describe('e-mail', () => {
  const mails = (...emails: unknown[]) => patchOf({ emails });
  const [one, two] = [{ value: 'one@contoso.example' }, { value: 'two@contoso.example' }];

  test('is the primary one, and rules compare the others', () => {
    expect(mails(one, { ...two, primary: true })).toMatchObject({
      mail: two.value,
      userPrincipalName: two.value,
      otherAddresses: [one.value],
    });
  });

  test('is the only one, and none of several without a primary', () => {
    expect(mails(one).mail).toBe(one.value);
    expect(mails(one, two)).toMatchObject({ mail: null, otherAddresses: [one.value, two.value] });
    expect(mails().mail).toBeNull();
  });

  test('is unverified when the second list says so of the same address', () => {
    const unverified = (value: string, verified?: boolean) =>
      patchOf({ [sap]: { emails: [{ value, verified }] } }).isMailUnverified;
    expect(unverified('ADA@contoso.example', false)).toBe(true);
    expect(unverified('ada@contoso.example', true)).toBe(false);
    expect(unverified('other@contoso.example', false)).toBe(false);
    expect(unverified('ada@contoso.example')).toBe(false);
  });
});

test.each([
  ['2027-01-31', '2027-01-31'],
  ['2027-01-31T23:00:00Z', '2027-01-31'],
  ['', null],
  [undefined, null],
])('validTo %s is the day %s', (validTo, day) => {
  expect(patchOf({ [sap]: { validTo } }).validTo).toBe(day);
});

test('a date without a day, and a user without active, is an odd record', () => {
  expect(sapUser.safeParse({ ...ada, [sap]: { validTo: 'soon' } }).success).toBe(false);
  expect(sapUser.safeParse({ ...ada, active: undefined }).success).toBe(false);
});

test('names are found in any letter case, and truth values as texts', () => {
  const { active: _, userType: __, ...others } = ada;
  const loose = {
    ...others,
    Active: 'True',
    usertype: 'partner',
    [sap.toLowerCase()]: {
      validto: '2030-01-31',
      Emails: [{ value: ada.emails[0]?.value, verified: 'false' }],
    },
    emails: [{ ...ada.emails[0], primary: 'true' }, { type: 'work' }],
  };
  const patch = personPatch(sapUser.parse(loose), { attributes: ['validTo'], managers: false });
  expect(patch).toMatchObject({
    enabled: true,
    kind: 'guest',
    mail: ada.emails[0]?.value,
    isMailUnverified: true,
    otherAddresses: [],
    validTo: '2030-01-31',
    attributes: { validTo: '2030-01-31' },
  });
});

test.each(['yes', 1, null, ''])('active %j is an odd record', (active) => {
  expect(sapUser.safeParse({ ...ada, active }).success).toBe(false);
});

describe('attributes', () => {
  const record = {
    title: 'Engineer',
    [enterprise]: { department: 'Design', costCenter: '4130', manager: { value: 'm1' } },
    [sap]: { sourceSystem: 15 },
    [custom]: { attributes: [{ name: 'customAttribute1', value: 'Timely' }] },
    [ownUrn]: { floor: 3, desk: { side: 'left' } },
  };

  test('are found by their last name in any letter case, and by their whole URN', () => {
    const names = [
      ...['costcenter', 'title', 'sourceSystem', 'customAttribute1', 'floor', 'side', 'familyName'],
      `${ownUrn}:floor`,
    ];
    expect(patchOf(record, names)).toMatchObject({
      managerId: 'm1',
      attributes: {
        department: 'Design',
        costcenter: '4130',
        title: 'Engineer',
        sourceSystem: '15',
        customAttribute1: 'Timely',
        floor: '3',
        side: 'left',
        familyName: 'Abel',
        [`${ownUrn}:floor`]: '3',
      },
    });
  });

  test('with one name in two schemas need the whole URN', () => {
    const both = { ...record, [ownUrn]: { title: 'Dr', department: 'Other' } };
    expect(() => patchOf(both, ['title'])).toThrow(ConfigurationError);
    expect(patchOf(both, [`${ownUrn}:title`]).attributes).toMatchObject({
      department: 'Design',
      [`${ownUrn}:title`]: 'Dr',
    });
  });
});
