/** Who holds an administrator role in Okta, directly or through a group (docs/reference/okta.md section 2). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DirectorySource } from '../../../directory/source.ts';
import { PermissionError } from '../../../domain/errors.ts';
import type { Sandbox } from '../../../simulators/sandbox.ts';
import { rejection } from '../entra/failures.ts';
import { openOrg, sourceOf } from './okta-org.ts';

let sandbox: Sandbox;
let source: DirectorySource;

beforeAll(async () => {
  sandbox = await openOrg();
});
afterAll(() => sandbox.close());

const org = () => sandbox.okta.state;

/** Names of the holders, each with the roles. A new source has nothing remembered. */
async function holders(): Promise<Record<string, string[]>> {
  source = sourceOf(sandbox);
  const people = await source.privileged();
  return Object.fromEntries(
    people.map(({ personId, roles }) => [String(org().user(personId).profile.displayName), roles]),
  );
}

test.each(['hasAdminPrivlege', 'hasAdminPrivilege', 'both', 'nothing'] as const)(
  'has the members of groups with a role, where the list says %s about it',
  async (adminFlag) => {
    Object.assign(org().behaviour, { adminFlag });
    const executives = org().group('Executives').members.values();
    const all = await holders();
    expect(all['Henrik Lund']).toEqual(['Super Administrator']);
    for (const { id } of executives)
      expect(all[String(org().user(id).profile.displayName)]).toContain('Report Administrator');
  },
);

test('has both roles of somebody who holds one directly and one through a group', async () => {
  org().addToGroup('Henrik Lund', 'Executives');
  expect((await holders())['Henrik Lund']).toEqual(['Report Administrator', 'Super Administrator']);
  org().removeFromGroup('Henrik Lund', 'Executives');
});

test('follows a group over all pages of its members', async () => {
  Object.assign(org().behaviour, { pageMost: 2 });
  const { id } = org().createGroup({ displayName: 'Helpers' });
  for (const name of ['Hana Sato', 'Grace Hall', 'Chen Wei', 'Sven Eriksson', 'Tara Singh'])
    org().addToGroup(name, id);
  org().grantRole(id, 'HELP_DESK_ADMIN');
  const all = await holders();
  expect(
    Object.entries(all).filter(([, roles]) => roles.some((role) => role.startsWith('Help'))).length,
  ).toBe(5);
  Object.assign(org().behaviour, { pageMost: null });
});

test('roles are read once within the hour', async () => {
  await holders();
  const before = sandbox.okta.ledger.last;
  await source.privileged();
  expect(sandbox.okta.ledger.last).toBe(before);
});

test('roles that cannot be read are an error, and never nobody', async () => {
  sandbox.okta.faults.set('adminRoleLost');
  expect(await rejection(sourceOf(sandbox).privileged())).toBeInstanceOf(PermissionError);
  sandbox.okta.faults.clear();
});
