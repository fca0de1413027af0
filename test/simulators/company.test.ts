import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { globalAdministrator } from '../../simulators/microsoft/directory/built-in-roles.ts';
import type { DirectoryObject } from '../../simulators/microsoft/directory/objects.ts';
import type { MicrosoftState } from '../../simulators/microsoft/directory/state.ts';
import * as expected from './expected-first-cycle.ts';
import { withWorld } from './world.ts';

const tenantFile = parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'tenants', 'contoso.yaml'), 'utf8'),
);
const text = (user: DirectoryObject, property: string) => String(user.properties[property] ?? '');
/** The address that Timely gets: mail, else the sign-in name, with the domain in lower case. */
const address = (user: DirectoryObject) =>
  (text(user, 'mail') || text(user, 'userPrincipalName')).replace(/@.*/, (domain) => domain.toLowerCase());
const homeDomain = (user: DirectoryObject) => /_([^_]+)#EXT#/.exec(text(user, 'userPrincipalName'))?.[1];

/** The scope of the tenant file, written again for Contoso alone: no product code. */
function inScope(state: MicrosoftState, user: DirectoryObject): boolean {
  const groups = state.transitiveGroups(user.id);
  const isIn = (name: string) => groups.has(state.group(name).id);
  const { include, exclude } = tenantFile.scope;
  const guest = user.properties.userType === 'Guest';
  const included = guest
    ? homeDomain(user) === include[2].emailDomain && user.properties.externalUserState === 'Accepted'
    : isIn(include[0].group) || include[1].department.includes(user.properties.department);
  const excluded =
    isIn(exclude[0].group) ||
    exclude[1].email.includes(address(user)) ||
    user.properties.jobTitle === exclude[2].where.jobTitle;
  return user.status === 'live' && user.properties.accountEnabled === true && included && !excluded;
}

test('the table has fifty people in Timely after the first cycle, and six held', () => {
  const arrive = [...expected.invited, ...expected.reinstated, ...expected.linked];
  expect([expected.invited.length, arrive.length, new Set(arrive).size]).toEqual([48, 50, 50]);
  expect(expected.held).toHaveLength(6);
});

test('the scope of the tenant file equals the table, which names all other people too', () =>
  withWorld({}, async ({ sandbox: { microsoft } }) => {
    const { state } = microsoft;
    const { users } = state.objects;
    const name = (user: DirectoryObject) => text(user, 'displayName');
    const scope = users.filter((user) => inScope(state, user));
    const addressed = scope.filter((user) => !expected.withoutAddress.includes(name(user)));
    const arrive = [...expected.invited, ...expected.reinstated, ...expected.linked];
    const waiting = expected.held.map(({ email }) => email);
    expect(addressed.map(address).sort()).toEqual([...arrive, ...waiting].sort());
    const others = users.filter((user) => !scope.includes(user)).map(name);
    expect(others.sort()).toEqual(Object.keys(expected.outOfScope).sort());
    expect(scope.length - addressed.length).toBe(expected.withoutAddress.length);
  }));

test('each held person has the trait of the table', () =>
  withWorld({}, async ({ sandbox: { microsoft, timely } }) => {
    const { state } = microsoft;
    const byName = (name: string) => state.user(name);
    const holder = state.roleAssignments.find(
      ({ roleDefinitionId }) => roleDefinitionId === globalAdministrator,
    );
    expect(holder?.principalId).toBe(byName('Henrik Lund').id);
    expect(state.members(state.group('Executives'), true)).toEqual([byName('Eleanor Vance')]);
    const priya = timely.state.byEmail(address(byName('Priya Natarajan')));
    expect(timely.state.role(priya?.role_id ?? 0)?.name).toBe('admin');
    expect(homeDomain(byName('Malik Stone'))).not.toBe(address(byName('Malik Stone')).split('@')[1]);
    expect(address(byName('Front Desk North'))).toBe(address(byName('Front Desk South')));
    for (const { name, email } of expected.held) expect(address(byName(name))).toBe(email);
  }));

test('the teams of the table equal those of the directory, without held people', () =>
  withWorld({}, async ({ sandbox: { microsoft } }) => {
    const { state } = microsoft;
    const arrive = new Set([...expected.invited, ...expected.reinstated, ...expected.linked]);
    const arriving = (users: DirectoryObject[]) =>
      users
        .map(address)
        .filter((email) => arrive.has(email))
        .sort();
    const team = (name: string) =>
      expected.teams[name]?.filter((email) => !expected.unmanaged.includes(email)).sort();
    for (const name of ['Design Guild', 'Timely - Apollo', 'Timely - Gemini']) {
      expect(arriving(state.members(state.group(name), true))).toEqual(team(name.replace('Timely - ', '')));
    }
    for (const department of ['Design', 'Engineering', 'Finance']) {
      const people = state.objects.users.filter(({ properties }) => properties.department === department);
      expect(arriving(people)).toEqual(team(department));
    }
    const guests = state.objects.users.filter(({ properties }) => properties.userType === 'Guest');
    expect(arriving(guests)).toEqual(team('Northwind Consulting'));
  }));

test('the managers of the table equal the members of the group', () =>
  withWorld({}, async ({ sandbox: { microsoft } }) => {
    const { state } = microsoft;
    const managers = state.members(state.group('Timely Managers'), true).map(address);
    expect(managers.sort()).toEqual([...expected.managers].sort());
  }));

test('Timely has its owner, an admin, three people added by hand and a removed one', () =>
  withWorld({}, async ({ sandbox: { timely } }) => {
    const { present, removed, account, mails } = timely.state;
    const emails = present.map(({ email }) => email);
    const [lena] = expected.linked;
    expect(emails.sort()).toEqual(
      [expected.owner, 'priya.natarajan@contoso.example', String(lena), ...expected.unmanaged].sort(),
    );
    expect(removed.map(({ email }) => email)).toEqual(expected.reinstated);
    expect(timely.state.user(account.owner_id)?.email).toBe(expected.owner);
    expect(account.seats).toBeGreaterThan(present.length + 60);
    expect(mails).toEqual([]);
  }));

test('the tenant file has the ids of the sandbox', () =>
  withWorld({}, async ({ sandbox: { credentials } }) => {
    const { source, target } = tenantFile;
    expect([source.tenantId, source.clientId, target.accountId]).toEqual([
      credentials.tenantId,
      credentials.clientId,
      credentials.accountId,
    ]);
    expect(source.endpoints).toEqual({
      login: 'env:TENANT_CONTOSO_MICROSOFT',
      graph: 'env:TENANT_CONTOSO_MICROSOFT',
    });
    expect(target.endpoint).toBe('env:TENANT_CONTOSO_TIMELY');
  }));
