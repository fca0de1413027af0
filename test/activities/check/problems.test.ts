/** Each problem that `check` finds, after a first cycle, with both simulators and a real store. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createCheckActivities } from '../../../activities/check/check.ts';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import type { CheckLine } from '../../../domain/contract/check.ts';
import { dayMs } from '../../../domain/time.ts';
import { defaultPermissions } from '../../../simulators/microsoft/directory/permissions.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { type Contoso, openContoso } from '../support/contoso.ts';

const contosoFile = join(import.meta.dirname, '..', '..', '..', 'tenants', 'contoso.yaml');

let company: Contoso;
/** The sandbox's tenant file under the tenant's name. */
let contoso: string;

beforeAll(async () => {
  company = await openContoso((text) => text);
  await company.cycle();
  const text = await readFile(contosoFile, 'utf8');
  contoso = text.replace(/^tenant: .*$/m, `tenant: ${company.world.tenant}`);
});
afterAll(() => company.close());

/** The lines of `check` about the tenant's file after an edit. */
async function check(edit: (text: string) => string = (text) => text): Promise<CheckLine[]> {
  const file = parseTenantFile(edit(contoso), contosoFile);
  const report = await createCheckActivities(company.world.services).check({ about: 'check', file });
  expect(report.tenant).toBe(company.world.tenant);
  return report.lines;
}

/** Parts of a line. Texts may be matchers. */
type Expected = Record<string, unknown>;

const withoutOk = (lines: CheckLine[]) => lines.filter(({ state }) => state !== 'ok');

describe('a problem is a line with its remedy', () => {
  beforeEach(() => {
    const { microsoft, timely } = company;
    microsoft.faults.clear();
    timely.faults.clear();
    const halfAYear = new Date(Date.now() + 180 * dayMs).toISOString();
    Object.assign(microsoft.state.app, { permissions: [...defaultPermissions], secretEndsAt: halfAYear });
  });

  const microsoft = () => company.microsoft;
  const timely = () => company.timely.state;
  const owner = () => timely().user(timely().account.owner_id) ?? timely().addActive('', '', 'admin');
  const grant = (...permissions: string[]) => {
    microsoft().state.app.permissions = permissions;
  };
  const without = (permission: string) => grant(...defaultPermissions.filter((each) => each !== permission));

  /** Each: the problem, its cause, and its line. */
  const directoryFaults: [string, () => void, Expected][] = [
    [
      'the client secret has expired',
      () => microsoft().faults.set('signInRefused', { code: 7_000_222 }),
      { name: 'sign-in', state: 'error', remedy: expect.stringContaining('has expired') },
    ],
    [
      'no administrator has consented',
      () => microsoft().faults.set('signInRefused', { code: 65_001 }),
      {
        name: 'sign-in',
        state: 'error',
        remedy: expect.stringContaining('administrator of the tenant consent'),
      },
    ],
    [
      'the permission to read people is missing',
      () => without('User.Read.All'),
      { name: 'User.Read.All', state: 'error', remedy: expect.stringContaining('Grant') },
    ],
    [
      'a lost permission gives a 200 with nulls',
      () => microsoft().faults.set('wallOfNulls', { operation: 'users.delta' }),
      { name: 'User.Read.All', state: 'error', message: expect.stringContaining('without any names') },
    ],
    [
      'the permission to read groups is missing',
      () => without('GroupMember.Read.All'),
      { name: 'GroupMember.Read.All', state: 'error', remedy: expect.stringContaining('Grant') },
    ],
    [
      'the permission to read role holders is missing',
      () => without('RoleManagement.Read.Directory'),
      { name: 'RoleManagement.Read.Directory', state: 'error', remedy: expect.stringContaining('Grant') },
    ],
    [
      'the application has more permissions than it needs',
      () => grant(...defaultPermissions, 'Directory.ReadWrite.All'),
      {
        name: 'least privilege',
        state: 'warning',
        message: expect.stringMatching(/also granted: Directory/),
      },
    ],
    [
      'the client secret ends soon',
      () => Object.assign(microsoft().state.app, { secretEndsAt: inDays(10) }),
      { name: 'credential', state: 'warning', message: expect.stringMatching(/in (9|10) days/) },
    ],
    [
      'Microsoft does not respond at all',
      () => microsoft().faults.set('unavailable'),
      { name: 'sign-in', state: 'error', message: expect.stringContaining('503') },
    ],
    [
      'Microsoft Graph does not respond',
      () => microsoft().faults.set('unavailable', { operation: 'groups.*' }),
      { name: 'GroupMember.Read.All', state: 'error', message: expect.stringContaining('503') },
    ],
  ];

  test.each(directoryFaults)('%s', async (_what, happen, line) => {
    happen();
    expect(await check()).toContainEqual(expect.objectContaining({ side: 'directory', ...line }));
    expect(microsoft().faults.unfired()).toEqual([]);
  });

  test('without the permission for registrations, an unknown end of the secret is not a problem', async () => {
    without('Application.Read.All');
    const lines = await check();
    expect(withoutOk(lines)).toEqual([]);
    expect(lines).toContainEqual(
      expect.objectContaining({ name: 'credential', message: expect.stringContaining('not known') }),
    );
  });

  test('a missing group and an ambiguous group are errors, and a name with a quote works', async () => {
    const { state } = microsoft();
    state.createGroup({ displayName: "People's Choice" });
    // A name that is bound already goes on meaning its group.
    state.createGroup({ displayName: 'executives' });
    const twin = state.createGroup({ displayName: 'Twin' });
    state.createGroup({ displayName: 'twin' });
    const lines = await check((text) =>
      text
        .replace(
          '{ group: Not in Timely }',
          `{ group: "People's Choice" }\n    - { group: Nowhere }\n    - { group: Not in Timly }`,
        )
        .replace('[Executives]', '[Executives, Twin]'),
    );
    expect(lines.filter(({ name }) => name === 'groups')).toEqual([
      expect.objectContaining({ state: 'error', message: 'The directory has no group "Nowhere".' }),
      expect.objectContaining({
        state: 'error',
        message: 'The directory has no group "Not in Timly": did you mean "Not in Timely"?',
      }),
      expect.objectContaining({ state: 'error', message: '2 groups are named "Twin".' }),
    ]);
    const byId = await check((text) => text.replace('[Executives]', `["${twin.id}"]`));
    expect(byId).toContainEqual(expect.objectContaining({ name: 'groups', state: 'ok' }));
    state.deleteGroup(twin.id);
  });

  test('a line that takes out all whom another one brings in', async () => {
    const lines = await check((text) => text.replace('{ group: Not in Timely }', '{ group: Timely Users }'));
    expect(lines).toContainEqual(
      expect.objectContaining({
        state: 'warning',
        message: expect.stringMatching(
          /^scope\.exclude 1 takes out all \d+ people that scope\.include 1 fits\.$/,
        ),
      }),
    );
  });

  test('assignments to the application need a permission only when the file uses them', async () => {
    const asking = (text: string) => text.replace('- { group: Not in Timely }', '- { assignedToApp: true }');
    without('Application.Read.All');
    expect(withoutOk(await check(asking)).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Application.Read.All error',
    ]);
    grant(...defaultPermissions);
    expect(withoutOk(await check(asking))).toEqual([]);
  });

  test('a leave date needs another permission, and Member.Read.Hidden is allowed', async () => {
    grant(...defaultPermissions, 'Member.Read.Hidden');
    const lines = await check((text) =>
      text.replace('jobTitle: Meeting room', 'employeeLeaveDateTime: never'),
    );
    const least = lines.find(({ name }) => name === 'least privilege');
    expect(least).toMatchObject({ state: 'ok', message: expect.stringContaining('no other permission') });
    expect(least?.message).toContain('User.Read.All, GroupMember.Read.All, User-LifeCycleInfo.Read.All');
  });

  test('notifications need no permission when the worker has no public address', async () => {
    expect((await check()).map(({ name }) => name)).not.toContain('Group.Read.All');
  });

  const account = (changes: Record<string, unknown>) => () => {
    const before = { ...timely().account };
    Object.assign(timely().account, changes);
    return () => Object.assign(timely().account, before);
  };
  const timelyFaults: [string, () => () => void, Expected][] = [
    [
      'the subscription has expired',
      account({ status: 'expired' }),
      { name: 'subscription', state: 'error', remedy: expect.stringContaining('Renew') },
    ],
    [
      'the account is on trial',
      account({ status: 'trial' }),
      { name: 'subscription', state: 'warning', message: 'The trial ends in 14 days.' },
    ],
    [
      'no seat is free',
      account({ seats: 3 }),
      { name: 'seats', state: 'warning', message: expect.stringMatching(/^3 paid, \d+ used, 0 free/) },
    ],
    [
      "Timely's own link to the directory is on",
      account({ azure_ad_enabled: true }),
      { name: 'another writer', state: 'warning', message: expect.stringContaining('Azure AD') },
    ],
    [
      'the plan has no teams',
      account({ features: ['api_access'] }),
      { name: 'features', state: 'error', message: expect.stringContaining('teams') },
    ],
    [
      'the plan does not list the API',
      account({ features: ['teams'] }),
      { name: 'features', state: 'warning', message: expect.stringContaining('api_access') },
    ],
    [
      "the sync's user is not an admin any more",
      () => {
        const role = owner().role_id;
        timely().update(owner(), { role_id: timely().roleNamed('manager')?.id ?? 0 });
        return () => timely().update(owner(), { role_id: role });
      },
      { name: 'user permissions', state: 'error', message: expect.stringMatching(/may not create, update/) },
    ],
    [
      'another sync left its object ids',
      () => {
        const user = timely().addActive('Zoe Other', 'zoe@elsewhere.example', 'employee');
        user.external_id = '0f0e0d0c-1111-4222-8333-444455556666';
        return () => timely().remove(user);
      },
      { name: 'another writer', state: 'warning', message: expect.stringContaining('does not know') },
    ],
    [
      'Timely does not respond',
      () => {
        company.timely.faults.set('unavailable');
        return () => undefined;
      },
      { name: 'sign-in', state: 'error', message: expect.stringContaining('answered 50') },
    ],
  ];

  test.each(timelyFaults)('%s', async (_what, happen, line) => {
    const undo = happen();
    const lines = await check();
    undo();
    expect(lines).toContainEqual(expect.objectContaining({ side: 'timely', ...line }));
    expect(company.timely.faults.unfired()).toEqual([]);
  });

  test('a role that Timely lacks is an error', async () => {
    const lines = await check((text) => text.replace('default: employee', 'default: wizard'));
    expect(withoutOk(lines)).toEqual([
      expect.objectContaining({ side: 'timely', name: 'roles', message: expect.stringContaining('wizard') }),
    ]);
  });

  test('another tenant with the same account is a warning', async () => {
    const { database } = company.world.services;
    const file = parseTenantFile(contoso, contosoFile);
    await storeConfiguration(database, 'fabrikam', { ...file, tenant: 'fabrikam' });
    expect(withoutOk(await check())).toEqual([
      expect.objectContaining({ name: 'another writer', message: expect.stringContaining('fabrikam') }),
    ]);
  });

  test('a missing secret is the only line of its side, and the other side is still checked', async () => {
    const lines = await check((text) =>
      text.replace('env:TENANT_CONTOSO_ENTRA_SECRET', 'env:NOT_SET_ANYWHERE'),
    );
    expect(lines.filter(({ side }) => side === 'directory')).toEqual([
      expect.objectContaining({
        name: 'settings',
        state: 'error',
        message: expect.stringContaining('NOT_SET'),
      }),
    ]);
    expect(lines.filter(({ side }) => side === 'timely').length).toBeGreaterThan(5);
  });

  test('the lines name people by id when labels are ids', async () => {
    const lines = await check((text) => text.replace('labels: names', 'labels: ids'));
    expect(JSON.stringify(lines)).not.toContain('owner@contoso.example');
    expect(JSON.stringify(await check())).toContain('owner@contoso.example');
  });
});

const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
