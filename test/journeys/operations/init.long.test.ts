/** `timely-sync init` for each directory, with a worker that looks: driven by flags, and by a person at a terminal. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import type { CheckReport } from '../../../domain/contract/check.ts';
import type { LookReport } from '../../../domain/contract/look.ts';
import { defaultPermissions } from '../../../simulators/microsoft/directory/permissions.ts';
import { runCommand } from '../../client/run-command.ts';
import { codeShown } from '../../client/support/code-shown.ts';
import { atTerminal } from '../../client/support/pseudo-terminal.ts';
import { commandsFor } from '../../support/commands.ts';
import { builtProgram } from '../../support/program.ts';
import { startWorld, type World } from '../../support/world.ts';

interface InitDocument {
  look: LookReport | null;
  check: CheckReport;
  preview: { inScope: number; read: { kind: string }; seats: { paid: number } } | null;
}

let world: World;
let commands: ReturnType<typeof commandsFor>;

/** What a tenant has of its own: the application in Timely, and a first token. */
function variablesOf(prefix: string): NodeJS.ProcessEnv {
  const { credentials, timely } = world.sandbox;
  const { refreshToken } = timely.state.oauth.issue(timely.state.account.owner_id);
  return {
    [`${prefix}TIMELY_CLIENT_ID`]: credentials.applicationId,
    [`${prefix}TIMELY_CLIENT_SECRET`]: credentials.applicationSecret,
    [`${prefix}FIRST`]: refreshToken,
  };
}

beforeAll(async () => {
  world = await startWorld();
  for (const prefix of ['TENANT_NEW_ENTRA_', 'TENANT_NEW_SAP_'])
    Object.assign(world.variables, variablesOf(prefix));
  await world.startWorker();
  commands = commandsFor(world);
}, 90_000);
afterAll(async () => {
  commands.release();
  await world.close();
});

const fileOf = (tenant: string) => join(world.folder, `${tenant}.yaml`);
const timelyFlags = ['--account-id', '987654', '--timely-endpoint', 'env:TENANT_CONTOSO_TIMELY'];
const microsoft = ['--login', 'env:TENANT_CONTOSO_MICROSOFT', '--graph', 'env:TENANT_CONTOSO_MICROSOFT'];
const entraFlags = () => [
  ...['--tenant', 'new-entra', '--directory-id', world.sandbox.microsoft.state.domain, ...microsoft],
  ...[
    '--client-id',
    world.sandbox.microsoft.state.app.clientId,
    '--secret',
    'env:TENANT_CONTOSO_ENTRA_SECRET',
  ],
  ...[...timelyFlags, '--initial-refresh-token', 'env:TENANT_NEW_ENTRA_FIRST'],
];

/** The warnings and errors of `check` for the file after an edit. */
async function problems(tenant: string, edit: (text: string) => string): Promise<string[]> {
  const edited = join(world.folder, 'edited.yaml');
  await writeFile(edited, edit(await readFile(fileOf(tenant), 'utf8')));
  const { document } = await commands.json<CheckReport>('check', edited);
  return document.lines.filter(({ state }) => state !== 'ok').map(({ message }) => message);
}
const mistyped = (text: string) =>
  text.replace('group: "Timely Users"', 'group: "Timly Users"\n    - department: [Design, Enginering]');

test('Entra ID: finds the directory by a domain, shows what is there, proposes, and ends at the preview', async () => {
  const { exitCode, document } = await commands.json<InitDocument>(
    ...['init', fileOf('new-entra'), ...entraFlags(), '--preview'],
  );
  const { look, check, preview } = document;
  expect(check.lines.filter(({ state }) => state === 'error')).toEqual([]);
  expect(check.missing).toEqual([]);
  // Finance Leads, and in it Finance Interns, are in the group.
  expect(look?.directory.groups.items).toContainEqual(
    expect.objectContaining({ name: 'Timely Users', people: expect.any(Number) }),
  );
  expect(look?.directory.departments.items.map(({ name }) => name)).toContain('Engineering');
  expect(look?.directory.domains.items[0]).toMatchObject({ name: 'contoso.example' });
  expect(look?.proposal).toMatchObject({ group: { name: 'Timely Users' }, teams: 'departments' });
  expect(look?.timely).toMatchObject({ users: world.present().length, seats: { paid: 80 } });
  const file = parseTenantFile(await readFile(fileOf('new-entra'), 'utf8'), 'new-entra.yaml');
  expect(file).toMatchObject({
    source: { tenantId: world.sandbox.microsoft.state.app.tenantId },
    scope: { include: [{ group: 'Timely Users' }] },
  });
  const group = look?.directory.groups.items.find(({ name }) => name === 'Timely Users');
  expect(preview?.inScope).toBe(group?.people);
  // The preview went on from what the look had read.
  expect(preview?.read.kind).toBe('incremental');
  expect(exitCode).toBe(0);
  expect(world.writes()).toEqual([]);
});

test('Okta: says which variables the worker still lacks, and looks at the directory all the same', async () => {
  const okta = ['--directory', 'okta', '--domain', 'https://contoso-admin.okta.com/admin/users'];
  const app = ['--client-id', '0oa1b2c3d4e5f6g7h8i9', '--secret', 'env:TENANT_CONTOSO_OKTA_KEY'];
  const { exitCode, document } = await commands.json<InitDocument>(
    ...['init', fileOf('new-okta'), '--tenant', 'new-okta', ...okta, ...app, ...timelyFlags],
    ...['--endpoint', 'env:TENANT_CONTOSO_OKTA'],
  );
  const { look, check } = document;
  expect(exitCode).toBe(1);
  expect(check.missing).toEqual([
    'env:TENANT_NEW_OKTA_TIMELY_CLIENT_ID',
    'env:TENANT_NEW_OKTA_TIMELY_CLIENT_SECRET',
  ]);
  expect(look?.timely).toMatchObject({ problem: expect.stringContaining('TENANT_NEW_OKTA_TIMELY_CLIENT') });
  expect(look?.proposal.group).toMatchObject({ name: 'Timely Users' });
  expect(look?.proposal.group?.people).toBe(9);
  const found = await problems('new-okta', mistyped);
  expect(found).toContainEqual('The directory has no group "Timly Users": did you mean "Timely Users"?');
  expect(found).toContainEqual(
    expect.stringContaining('department "Enginering": did you mean "Engineering"?'),
  );
});

test('Entra ID: checks name the nearest group and department', async () => {
  const found = await problems('new-entra', mistyped);
  expect(found).toContainEqual('The directory has no group "Timly Users": did you mean "Timely Users"?');
  expect(found).toContainEqual(
    expect.stringContaining('department "Enginering": did you mean "Engineering"?'),
  );
});

test('at a terminal it waits for consent, finds a group by a part of its name, and offers the preview', async () => {
  const { app } = world.sandbox.microsoft.state;
  app.permissions = defaultPermissions.filter((each) => each !== 'User.Read.All');
  const kind = ['--directory', 'entra', '--credential', 'secret'];
  const words = [builtProgram, 'init', join(world.folder, 'asked.yaml'), ...entraFlags(), ...kind];
  const { TEMPORAL_ADDRESS, TIMELY_SYNC_TASK_QUEUE } = world.variables;
  const person = atTerminal(words, { TEMPORAL_ADDRESS, TIMELY_SYNC_TASK_QUEUE });
  try {
    await person.see('missing User.Read.All');
    await person.see('Enter goes on without');
    app.permissions = [...defaultPermissions];
    await person.see('ok      User.Read.All: Granted');
    await person.see('Departments (');
    await person.answer('Group that comes into Timely', 'guild');
    await person.answer('Role in Timely', '');
    await person.answer('Teams in Timely', 'none');
    await person.answer('Show the preview now', 'y');
    await person.see('in scope');
    expect(await person.ended).toBe(0);
  } finally {
    person.kill();
  }
  const file = parseTenantFile(await readFile(join(world.folder, 'asked.yaml'), 'utf8'), 'asked.yaml');
  expect(file).toMatchObject({ scope: { include: [{ group: 'Design Guild' }] }, teams: [] });
});

// Last: a sign-in to the same application ends the tokens of the others.
test('SAP: signs in to Timely before there is a tenant, and looks at both sides', async () => {
  const sap = ['--directory', 'sap', '--host', 'https://contoso.accounts.ondemand.com/admin'];
  const system = ['--secret', 'env:TENANT_CONTOSO_SAP_CERTIFICATE', '--endpoint', 'env:TENANT_CONTOSO_SAP'];
  const { out, err } = await runCommand(
    [
      ...['init', fileOf('new-sap'), '--tenant', 'new-sap', ...sap, ...system, ...timelyFlags],
      ...['--connect', '--paste', '--json'],
    ],
    { type: (written) => codeShown(world, written) },
  );
  expect(err).toContain('Signed in to Timely as');
  const { look, check }: InitDocument = JSON.parse(out);
  expect(look?.timely).toMatchObject({ users: world.present().length });
  expect(check.lines.filter(({ state }) => state === 'error')).toEqual([]);
  const scope = check.lines.find(({ name }) => name === 'scope');
  expect(scope?.message).toContain(`${look?.proposal.group?.people} people of `);
  expect(await problems('new-sap', mistyped)).toContainEqual(
    'The directory has no group "Timly Users": did you mean "Timely Users"?',
  );
});
