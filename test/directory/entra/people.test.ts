import { expect, test } from '@jest/globals';
import { entraPerson, graphUser, isWithoutData, personPatch } from '../../../directory/entra/read/people.ts';
import { personSelect } from '../../../directory/entra/read/properties.ts';

const plan = { attributes: ['employeeHireDate', 'onPremisesSyncEnabled'], managers: true };

const ada = {
  id: 'ada',
  displayName: 'Ada Example',
  userPrincipalName: 'ada@contoso.example',
  mail: 'Ada@CONTOSO.example',
  proxyAddresses: ['SMTP:Ada@CONTOSO.example', 'smtp:ada.old@contoso.example'],
  accountEnabled: true,
  userType: 'Member',
  externalUserState: null,
  department: 'Design',
  onPremisesSyncEnabled: true,
  manager: { '@odata.type': '#microsoft.graph.user', id: 'bob' },
};

const whole = (user: object) => entraPerson(graphUser.parse({ ...ada, ...user }), plan);
const change = (user: object) => personPatch(graphUser.parse({ id: 'ada', ...user }), plan, 'changes');

test('a whole record becomes a person', () => {
  expect(whole({})).toEqual({
    id: 'ada',
    name: 'Ada Example',
    userPrincipalName: 'ada@contoso.example',
    mail: 'Ada@CONTOSO.example',
    proxyAddresses: ['SMTP:Ada@CONTOSO.example', 'smtp:ada.old@contoso.example'],
    enabled: true,
    kind: 'member',
    invitation: null,
    attributes: { department: 'Design', onPremisesSyncEnabled: 'true' },
    managerId: 'bob',
  });
});

test('properties that were never set have a default in a person', () => {
  const room = { id: 'room', displayName: 'Room 1', userPrincipalName: 'room1@contoso.example' };
  expect(entraPerson(graphUser.parse(room), plan)).toMatchObject({
    mail: null,
    proxyAddresses: [],
    enabled: true,
    kind: 'member',
    attributes: {},
    managerId: null,
  });
});

test('an absent property of a change keeps, and null clears', () => {
  expect(change({})).toEqual({});
  expect(change({ mail: null, department: null, accountEnabled: false })).toEqual({
    mail: null,
    attributes: { department: null },
    enabled: false,
  });
  expect(change({ jobTitle: 'Lead', employeeHireDate: '2026-01-01T00:00:00Z' })).toEqual({
    attributes: { jobTitle: 'Lead', employeeHireDate: '2026-01-01T00:00:00Z' },
  });
});

test('a rule may name any property, also one of every read', () => {
  const user = graphUser.parse({ ...ada, mail: null });
  const named = { attributes: ['userType', 'mail', 'proxyAddresses'], managers: false };
  expect(entraPerson(user, named).attributes).toEqual({
    department: 'Design',
    userType: 'Member',
    proxyAddresses: 'SMTP:Ada@CONTOSO.example, smtp:ada.old@contoso.example',
  });
});

const extension = 'extension_8f0c2a4e111122223333444455556666_costCentre';

test('a rule may name an extension attribute or a directory extension', () => {
  const named = { attributes: ['extensionAttribute1', 'extensionAttribute15', extension], managers: false };
  expect(personSelect(named)).toEqual(expect.arrayContaining(['onPremisesExtensionAttributes', extension]));
  expect(personSelect(named)).not.toContain('extensionAttribute1');
  const onPremisesExtensionAttributes = { extensionAttribute1: 'Blue', extensionAttribute2: 'Red' };
  const values = { onPremisesExtensionAttributes, [extension.replace('costCentre', 'CostCentre')]: 4711 };
  const read = entraPerson(graphUser.parse({ ...ada, ...values }), named);
  expect(read.attributes).toEqual({ department: 'Design', extensionAttribute1: 'Blue', [extension]: '4711' });
});

test.each([
  [{}, {}],
  [{ onPremisesExtensionAttributes: null }, { extensionAttribute1: null }],
  [{ onPremisesExtensionAttributes: { extensionAttribute2: 'Red' } }, { extensionAttribute1: null }],
  [{ onPremisesExtensionAttributes: { extensionAttribute1: 'Blue' } }, { extensionAttribute1: 'Blue' }],
])('a change with %j sets the extension attribute to %j', (values, attributes) => {
  const named = { attributes: ['extensionAttribute1'], managers: false };
  const user = graphUser.parse({ id: 'ada', jobTitle: 'Lead', ...values });
  expect(personPatch(user, named, 'changes').attributes).toEqual({ jobTitle: 'Lead', ...attributes });
});

test('a cleared attribute is absent from a person', () => {
  expect(whole({ department: null, jobTitle: null }).attributes).toEqual({ onPremisesSyncEnabled: 'true' });
});

test('only false disables an account', () => {
  expect(change({ accountEnabled: null })).toEqual({ enabled: true });
  expect(change({ accountEnabled: false })).toEqual({ enabled: false });
});

test.each([
  ['Guest', 'kim_northwind.example#EXT#@contoso.example', 'guest'],
  ['Member', 'kim_northwind.example#EXT#@contoso.example', 'member'],
  ['Guest', 'kim@contoso.example', 'guest'],
  ['guest', 'kim@contoso.example', 'guest'],
  [null, 'kim_northwind.example#EXT#@contoso.example', 'guest'],
  [null, 'kim@contoso.example', 'member'],
])('userType %p with the sign-in name %s is a %s', (userType, userPrincipalName, kind) => {
  expect(whole({ userType, userPrincipalName }).kind).toBe(kind);
});

test('a change without userType keeps the kind', () => {
  const patch = change({
    displayName: 'Kim',
    userPrincipalName: 'kim_northwind.example#EXT#@contoso.example',
  });
  expect(patch).not.toHaveProperty('kind');
});

test.each([
  ['#microsoft.graph.agentUser', true],
  ['#Microsoft.Graph.AgentUser', true],
  ['#microsoft.graph.user', undefined],
  [null, undefined],
])('a record of the type %p is an AI agent: %p', (type, isAgent) => {
  expect(whole({ '@odata.type': type }).isAgent).toBe(isAgent);
  expect(change({ '@odata.type': type, jobTitle: 'Assistant' }).isAgent).toBe(isAgent);
});

test.each([
  ['Accepted', 'accepted'],
  ['PendingAcceptance', 'pending'],
  ['Pending Acceptance', 'pending'],
  ['SomethingNew', 'pending'],
  [null, null],
])('externalUserState %p is the invitation %p', (externalUserState, invitation) => {
  expect(change({ externalUserState })).toEqual({ invitation });
});

test('a manager changes, is removed, and stays when the change does not mention it', () => {
  const old = { id: 'bob', '@removed': { reason: 'deleted' } };
  expect(change({ 'manager@delta': [old, { id: 'eve' }] })).toEqual({ managerId: 'eve' });
  expect(change({ 'manager@delta': [old] })).toEqual({ managerId: null });
  expect(change({ displayName: 'Ada' })).not.toHaveProperty('managerId');
});

test('a record without both names says nothing', () => {
  const empty = graphUser.parse({ ...ada, displayName: null, userPrincipalName: null, mail: null });
  expect(isWithoutData(empty, 'changes')).toBe(true);
  expect(personPatch(empty, plan, 'changes')).toEqual({});
  expect(isWithoutData(graphUser.parse({ id: 'ada', mail: null }), 'changes')).toBe(false);
  expect(isWithoutData(graphUser.parse({ id: 'ada', mail: null }), 'whole')).toBe(true);
});
