/** What the preflight says about a tenant of SAP. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SelfTest } from '../../../directory/source.ts';
import type { Sandbox } from '../../../simulators/sandbox.ts';
import { openSapTenant, sourceOf } from './sap-tenant.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSapTenant();
});
afterAll(() => sandbox.close());

async function linesOf(changes: Partial<SelfTest> = {}): Promise<string[]> {
  const lines = await sourceOf(sandbox).selfTest({
    plan: { attributes: [], managers: false },
    groups: [],
    privileged: false,
    appAssignments: false,
    notifications: false,
    ...changes,
  });
  return lines.map(({ name, state, message, remedy }) => `${name} ${state}: ${message} ${remedy}`.trim());
}

test('all is well with the sandbox, and the check changes nothing', async () => {
  const before = sandbox.sap.ledger.last;
  const lines = await linesOf({ groups: ['Design Guild', 'Timely Users'] });
  expect(lines).toEqual([
    expect.stringContaining('sign-in ok: The system is signed in at contoso.accounts.ondemand.com'),
    expect.stringMatching(/^Read Users ok: Granted: \d+ people are visible\.$/),
    expect.stringMatching(/^Manage Groups ok: Granted: \d+ groups are visible\.$/),
    'groups ok: All named groups exist, each once: 2.',
    expect.stringContaining('credential ok:'),
  ]);
  expect(sandbox.sap.ledger.entries(before).filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('a group that is missing, and roles that SAP does not show, have a line each', async () => {
  const lines = await linesOf({ groups: ['Design Guild', 'Nope'], privileged: true });
  expect(lines).toContainEqual(expect.stringContaining('groups error: The directory has no group "Nope".'));
  expect(lines).toContainEqual(
    expect.stringContaining(
      'safety.sensitive.directoryRoles warning: SAP does not show who is an administrator',
    ),
  );
});

test('an attribute that means two is an error that names both', async () => {
  const plan = { attributes: ['title'], managers: false };
  expect(await linesOf({ plan })).toContainEqual(expect.stringContaining('attributes ok:'));
  sandbox.sap.state.change('Grace Hall', { title: 'Dr', 'urn:contoso:hr:1.0:User:title': 'Professor' });
  expect(await linesOf({ plan })).toContainEqual(
    expect.stringMatching(/^attributes error: .*"title".*urn:contoso:hr:1\.0:User:title and urn:ietf:params/),
  );
});
