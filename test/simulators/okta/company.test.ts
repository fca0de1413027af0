import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { OktaUser } from '../../../simulators/okta/directory/objects.ts';
import type { OktaState } from '../../../simulators/okta/directory/state.ts';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import * as expected from '../expected-first-cycle.ts';

/** Contoso in Okta: the same people come into Timely as from Microsoft (docs/reference/okta.md, tenants/contoso-okta.yaml). */
const tenantFile = parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'tenants', 'contoso-okta.yaml'), 'utf8'),
);
const arrive = [...expected.invited, ...expected.reinstated, ...expected.linked];
/** Okta knows no home address beside the contact address, so this one is out of scope by the domain. */
const onlyInMicrosoft = 'malik.stone@private-mail.example';

let sandbox: Sandbox;
let state: OktaState;
beforeAll(async () => {
  sandbox = await startSandbox();
  state = sandbox.okta.state;
});
afterAll(() => sandbox.close());

const live = ['ACTIVE', 'PASSWORD_EXPIRED', 'RECOVERY', 'LOCKED_OUT', 'PROVISIONED'];
/** The address that Timely gets: the e-mail address, else the login, with the domain in lower case. */
const address = ({ profile }: OktaUser) =>
  String(profile.email ?? profile.login).replace(/@.*/, (domain) => domain.toLowerCase());
const membersOf = (name: string) =>
  state
    .group(name)
    .members.values()
    .flatMap(({ id }) => state.users.get(id) ?? []);

/** The scope of the tenant file, written again for Contoso alone: no product code. */
function inScope(user: OktaUser): boolean {
  const { include, exclude } = tenantFile.scope;
  const isIn = (name: string) => state.group(name).members.has(user.id);
  const included =
    isIn(include[0].group) ||
    include[1].department.includes(user.profile.department) ||
    address(user).endsWith(`@${include[2].emailDomain}`);
  const excluded =
    isIn(exclude[0].group) ||
    exclude[1].email.includes(address(user)) ||
    user.profile.title === exclude[2].where.title;
  return live.includes(user.status) && included && !excluded;
}

test('the same fifty people are in scope, and those who are held', () => {
  const scope = state.users.values().filter(inScope);
  const addressed = scope.filter(({ profile }) => profile.displayName !== expected.withoutAddress[0]);
  const held = expected.held.map(({ email }) => email).filter((email) => email !== onlyInMicrosoft);
  expect(addressed.map(address).sort()).toEqual([...arrive, ...held].sort());
  expect(scope.length - addressed.length).toBe(1);
});

test('the teams of the table equal those of the org, without held and deactivated people', () => {
  const arriving = (users: OktaUser[]) =>
    users
      .map(address)
      .filter((email) => arrive.includes(email))
      .sort();
  const team = (name: string) =>
    expected.teams[name]?.filter((email) => !expected.unmanaged.includes(email)).sort();
  for (const name of ['Design Guild', 'Timely - Apollo', 'Timely - Gemini'])
    expect(arriving(membersOf(name))).toEqual(team(name.replace('Timely - ', '')));
  for (const department of ['Design', 'Engineering', 'Finance']) {
    const people = state.users.values().filter(({ profile }) => profile.department === department);
    expect(arriving(people)).toEqual(team(department));
  }
  expect(arriving(membersOf('Timely Managers'))).toEqual([...expected.managers].sort());
});

test('who is sensitive has a role, or a group with one; nobody who arrives has', () => {
  const withRole = state.users.values().filter(({ id }) => state.rolesOf(id).length > 0);
  expect(withRole.map(address).sort()).toEqual([
    'eleanor.vance@contoso.example',
    'henrik.lund@contoso.example',
  ]);
  expect(withRole.map(address).filter((email) => arrive.includes(email))).toEqual([]);
});

test('the company has every status, deactivated members, imported groups and managers by login', () => {
  const statuses = new Set(state.users.values().map(({ status }) => status));
  expect([...statuses].sort()).toEqual([
    'ACTIVE',
    'DEPROVISIONED',
    'LOCKED_OUT',
    'PASSWORD_EXPIRED',
    'PROVISIONED',
    'RECOVERY',
    'STAGED',
    'SUSPENDED',
  ]);
  expect(membersOf('Timely Users').map(({ status }) => status)).toContain('DEPROVISIONED');
  const types = new Set(state.groups.values().map(({ type }) => type));
  expect([...types].sort()).toEqual(['APP_GROUP', 'BUILT_IN', 'OKTA_GROUP']);
  expect(state.user('Chen Wei').profile.managerId).toBe('oscar.nyberg@contoso.example');
});

test('the tenant file has the ids of the sandbox, and names no secret', () => {
  const { source, target } = tenantFile;
  const { oktaDomain, oktaClientId, accountId } = sandbox.credentials;
  expect([source.domain, source.clientId, source.app]).toEqual([oktaDomain, oktaClientId, state.app.id]);
  expect(source).toMatchObject({
    credential: { privateKey: 'env:TENANT_CONTOSO_OKTA_KEY' },
    eventHook: 'env:TENANT_CONTOSO_OKTA_HOOK',
    endpoint: 'env:TENANT_CONTOSO_OKTA',
  });
  expect(target.accountId).toBe(accountId);
});
