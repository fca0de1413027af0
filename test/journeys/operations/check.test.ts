/** `timely-sync check` of a healthy tenant, and of each problem. One running worker. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import type { CheckLine, CheckReport } from '../../../domain/contract/check.ts';
import { dayMs } from '../../../domain/time.ts';
import { defaultPermissions } from '../../../simulators/microsoft/directory/permissions.ts';
import { closeDatabase, openDatabase } from '../../../store/database.ts';
import { listTenants, storeConfiguration } from '../../../store/tenants.ts';
import { ask } from '../../support/ask.ts';
import { runBuiltProgram } from '../../support/program.ts';
import { startWorld, testTemporal, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
}, 60_000);
afterAll(() => world.close());

/** Runs the query of the command, with the tenant's file after an edit. */
async function check(edit: (text: string) => string = (text) => text): Promise<CheckLine[]> {
  const file = parseTenantFile(edit(await readFile(world.file, 'utf8')), world.file);
  const report: CheckReport = await ask(world.client, world.taskQueue, { about: 'check', file });
  expect(report.tenant).toBe(world.tenant);
  return report.lines;
}

/** Runs the command in a process that knows only the address of Temporal. */
const command = (...words: string[]) =>
  runBuiltProgram(words, { TEMPORAL_ADDRESS: testTemporal(), TIMELY_SYNC_TASK_QUEUE: world.taskQueue });

/** The size of the sandbox's company, and of its scope. */
const inScope = '57 people of 65 would be in scope';

/** Parts of a line. Texts may be matchers. */
type Expected = Record<string, unknown>;

const withoutOk = (lines: CheckLine[]) => lines.filter(({ state }) => state !== 'ok');

describe('before the first start', () => {
  test('reports no problem, and stores and writes nothing', async () => {
    const { exitCode, out } = await command('check', world.file, '--json');
    expect(exitCode).toBe(0);
    const { tenant, lines } = JSON.parse(out);
    expect(tenant).toBe(world.tenant);
    expect(withoutOk(lines)).toEqual([]);
    expect(lines.map(({ side, name }: CheckLine) => `${side} ${name}`)).toEqual([
      'directory sign-in',
      'directory User.Read.All',
      'directory GroupMember.Read.All',
      'directory RoleManagement.Read.Directory',
      'directory least privilege',
      'directory people',
      'directory groups',
      'directory credential',
      'directory scope',
      'timely sign-in',
      'timely user permissions',
      'timely team permissions',
      'timely owner',
      'timely subscription',
      'timely features',
      'timely seats',
      'timely roles',
      'timely another writer',
      'temporal search attributes',
    ]);
    const scope = lines.find(({ name }: CheckLine) => name === 'scope');
    expect(scope.message).toBe(`${inScope}, as the directory is now.`);
    expect(world.writes()).toEqual([]);
    const database = await openDatabase(world.databaseUrl);
    expect(await listTenants(database, { after: 0, limit: 10 })).toEqual([]);
    await closeDatabase(database);
  });

  test('lets the first start use the tokens of the check', async () => {
    expect(await world.start()).toMatchObject({ health: 'ok', finishedCycle: 1 });
    const exchanges = world.sandbox.timely.ledger
      .entries()
      .filter(({ operation }) => operation === 'oauth.token');
    expect(exchanges.map(({ status }) => status)).toEqual([200]);
  });

  test('counts the scope of an edited file after the start', async () => {
    const scopeOf = (lines: CheckLine[]) => lines.filter(({ name }) => name === 'scope');
    // The replica gives the same count as the directory before.
    const message = `${inScope}, as the directory was last read.`;
    expect(scopeOf(await check())).toEqual([expect.objectContaining({ state: 'ok', message })]);
    const lines = scopeOf(await check((text) => text.replace('[Design, Engineering]', 'Alchemy')));
    expect(lines).toContainEqual(
      expect.objectContaining({ state: 'warning', message: expect.stringContaining('scope.include 2') }),
    );
  });
});

describe('a problem is a line with its remedy', () => {
  beforeEach(() => {
    const { microsoft, timely } = world.sandbox;
    microsoft.faults.clear();
    timely.faults.clear();
    const halfAYear = new Date(Date.now() + 180 * dayMs).toISOString();
    Object.assign(microsoft.state.app, { permissions: [...defaultPermissions], secretEndsAt: halfAYear });
  });

  const microsoft = () => world.sandbox.microsoft;
  const timely = () => world.sandbox.timely.state;
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
        world.sandbox.timely.faults.set('unavailable');
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
    expect(world.sandbox.timely.faults.unfired()).toEqual([]);
  });

  test('a role that Timely lacks is an error', async () => {
    const lines = await check((text) => text.replace('default: employee', 'default: wizard'));
    expect(withoutOk(lines)).toEqual([
      expect.objectContaining({ side: 'timely', name: 'roles', message: expect.stringContaining('wizard') }),
    ]);
  });

  test('another tenant with the same account is a warning', async () => {
    const file = parseTenantFile(await readFile(world.file, 'utf8'), world.file);
    const database = await openDatabase(world.databaseUrl);
    await storeConfiguration(database, 'fabrikam', { ...file, tenant: 'fabrikam' });
    await closeDatabase(database);
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

  test('the command ends with 1 and shows a table', async () => {
    timely().oauth.revokeAll();
    const { exitCode, out } = await command('check', world.file);
    expect(exitCode).toBe(1);
    const text = out.replace(/[\s│]+/g, ' ');
    expect(text).toContain('error timely sign-in Timely no longer accepts our sign-in');
    expect(text).toContain('timely-sync connect');
    expect(text).toContain('1 error, 0 warnings.');
  });
});

const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
