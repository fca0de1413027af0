/**
 * Each command once, in an order that makes a story, against real servers and the sandbox: its screen at 80 columns, and at 120 where it may run
 * again. A command without a case fails.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ApprovalSummary } from '../../domain/contract/report.ts';
import { ask } from '../support/ask.ts';
import { runBuiltProgram } from '../support/program.ts';
import type { World } from '../support/world.ts';
import { commandLines } from './command-lines.ts';
import { flat, runCommand } from './run-command.ts';
import { startSandboxWorld } from './sandbox-world.ts';
import { codeShown } from './support/code-shown.ts';
import { tooWide } from './support/screen-width.ts';

let world: World;
let folder: string;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ world, folder, close } = await startSandboxWorld());
  // `worker --migrate` reads it.
  process.env.DATABASE_URL = world.databaseUrl;
  Object.assign(world.variables, {
    TIMELY_SYNC_CONSOLE_URL: 'http://localhost:8090',
    TIMELY_SYNC_CONSOLE_PORT: '0',
  });
  process.env.TIMELY_SYNC_UI_URL = 'https://temporal.contoso.example';
  await world.startWorker();
}, 90_000);
afterAll(async () => {
  delete process.env.DATABASE_URL;
  delete process.env.TIMELY_SYNC_UI_URL;
  await close();
});

interface Case {
  /** The words after the command's name. */
  words: () => string[] | Promise<string[]>;
  /** What the command prints, tables with single blanks. */
  prints: string | RegExp;
  exitCode?: number;
  /** It runs as the built program: the worker is loaded from its built file. */
  isBuilt?: true;
  /** It may run again: then it also prints its screen at 120 columns, and its document, which `runCommand` holds against the published schema. */
  again?: true;
  /** The line that a person pastes. */
  type?: (written: string) => Promise<string | null>;
  /** What has to be so afterwards. */
  after?: () => unknown;
}

const file = () => [world.file];
const tenant = () => [world.tenant];
const sure = ['--yes', '--by', 'it-lead@contoso.example'];
const account = (name: string) => world.sandbox.microsoft.state.user(name);
const groupsOf = (name: string) => [...world.sandbox.microsoft.state.transitiveGroups(account(name).id)];
const groupId = (name: string) => world.sandbox.microsoft.state.group(name).id;
const idOfApproval = async (subject: string) => (await world.approvalOf(subject)).id;
async function rejectedOf(subject: string): Promise<ApprovalSummary> {
  const { client, taskQueue, tenant } = world;
  const { items } = await ask(client, taskQueue, { about: 'approvals', tenant, open: false, after: 0 });
  const found = (items as ApprovalSummary[]).find(({ subjects }) => subjects.includes(subject));
  if (!found) throw new Error(`There never was an approval about ${subject}.`);
  return found;
}

/** An edit that waits for the cycle after it. */
const edit =
  (...words: string[]) =>
  () => [...words, '--data', folder, '--tenant', world.tenant, '--wait'];
/** An edit that does not wait. */
const quickEdit =
  (...words: string[]) =>
  () => [...words, '--data', folder, '--tenant', world.tenant, '--no-wait'];
const inSandbox =
  (...words: string[]) =>
  () => [...words, '--data', folder];

const henrik = 'henrik.lund@contoso.example';
const eleanor = 'eleanor.vance@contoso.example';
const grace = 'grace.hall@contoso.example';
const id = '8f0c2a4e-1111-4222-8333-444455556666';

const cases: Record<string, Case> = {
  init: {
    words: () => [
      join(folder, 'new.yaml'),
      ...['--tenant', 'fabrikam', '--directory-id', id, '--client-id', id],
      ...['--account-id', '42', '--group', 'Timely Users', '--no-check'],
    ],
    prints: 'new.yaml is written.',
  },
  // `npm start` is tested in test/journeys/operations.
  up: { words: () => [world.file, world.file], exitCode: 2, prints: 'Two of the files are for the tenant' },
  worker: { words: () => ['--migrate'], isBuilt: true, prints: "The store's tables are up to date." },
  // The warning: the file names nobody for the console.
  check: { words: file, again: true, prints: ': 0 errors, 1 warning.' },
  preview: {
    words: file,
    exitCode: 3,
    // People with one reason share a row.
    prints:
      /Plan: \d+ to add, \d+ to change, \d+ to remove; 6 held.* \+ invite \d+ people scope.include 2: department "Design"/,
    after: () => expect(world.writes()).toEqual([]),
  },
  start: { words: () => [world.file, '--run'], prints: 'runs; version 1 is the new configuration.' },
  watch: {
    words: tenant,
    exitCode: 3,
    prints: 'held: sensitive Henrik Lund',
    after: () => expect(world.present()).toContain('hana.sato@contoso.example'),
  },
  invite: {
    words: () => ['fabrikam', '--by', 'it-lead@contoso.example'],
    prints:
      /^Link to set fabrikam up, to be opened once before .*: http:\/\/localhost:8090\/set-up\/[\w-]{43}/,
  },
  connect: {
    words: () => [world.tenant, '--paste'],
    type: (written) => codeShown(world, written),
    prints: '<owner@contoso.example>, admin. A full cycle begins',
  },
  sync: { words: () => [world.tenant, '--full'], exitCode: 3, prints: /: cycle \d/ },
  status: {
    words: tenant,
    again: true,
    exitCode: 3,
    prints: /: ok, .*configuration 1 Seats before this plan: 80 paid for/,
  },
  'sandbox people': { words: inSandbox(), prints: 'Hana Sato hana.sato@contoso.example Design live' },
  'sandbox mails': { words: inSandbox(), prints: 'hana.sato@contoso.example 1' },
  'sandbox join': {
    words: edit('Nia Novak', '--department', 'Design', '--group', 'Timely Users'),
    prints: 'Nia Novak joined: invited to Timely after',
    after: () => expect(world.present()).toContain('nia.novak@contoso.example'),
  },
  provision: {
    again: true,
    words: () => [world.tenant, 'nia.novak@contoso.example'],
    prints: /Nia Novak <nia.novak@contoso.example>, in scope: .* Nothing was to do/,
  },
  // A part of the name is enough where nothing changes.
  why: { words: () => [world.tenant, 'nia nov'], again: true, prints: /rule in scope: .* Next: Nothing/ },
  unlink: {
    words: () => [world.tenant, 'Nia Novak'],
    prints: 'Nia Novak <nia.novak@contoso.example> is no longer linked to the Timely user Nia Novak',
  },
  link: {
    words: () => [world.tenant, 'Nia Novak', 'nia.novak@contoso.example'],
    // A cycle in between has found the user by their address.
    prints: /Nia Novak <nia.novak@contoso.example> (is|was) linked (already )?to the Timely user Nia Novak/,
  },
  'sandbox leave': {
    words: edit('Nia Novak'),
    prints: 'removed from Timely after',
    after: () => expect(world.present()).not.toContain('nia.novak@contoso.example'),
  },
  erase: {
    words: () => [world.tenant, 'nia.novak@contoso.example', ...sure],
    prints: /^Erased in .*; [1-9]\d* entries of the journal/,
  },
  'sandbox disable': {
    words: edit(grace),
    prints: 'removed from Timely after',
    after: () => expect(account('Grace Hall').properties.accountEnabled).toBe(false),
  },
  undo: {
    words: async () => [world.tenant, String((await world.status()).finishedCycle), ...sure],
    exitCode: 0,
    prints: /reinstated Grace Hall .* is paused, so that/,
    after: () => expect(world.present()).toContain(grace),
  },
  'sandbox enable': {
    words: quickEdit(grace),
    prints: /Grace Hall/,
    after: () => expect(account('Grace Hall').properties.accountEnabled).toBe(true),
  },
  resume: { words: tenant, prints: ' goes on. No preview of its file was made in this pause' },
  pause: { words: tenant, again: true, prints: ' pauses once ' },
  'sandbox move': {
    words: quickEdit(grace, 'Design'),
    prints: 'Design',
    after: () => expect(account('Grace Hall').properties.department).toBe('Design'),
  },
  'sandbox guest': {
    words: quickEdit('kim@partner.example', 'Kim Park', '--mail', 'kim@other.example'),
    prints: 'Kim Park',
    after: () =>
      expect(account('Kim Park').properties).toMatchObject({
        mail: 'kim@other.example',
        externalUserState: 'PendingAcceptance',
      }),
  },
  'sandbox accept': {
    words: quickEdit('Kim Park'),
    prints: 'Kim Park',
    after: () => expect(account('Kim Park').properties.externalUserState).toBe('Accepted'),
  },
  'sandbox add-to-group': {
    words: quickEdit('Kim Park', 'Timely Managers'),
    prints: 'Timely Managers',
    after: () => expect(groupsOf('Kim Park')).toContain(groupId('Timely Managers')),
  },
  'sandbox remove-from-group': {
    words: quickEdit('Kim Park', 'Timely Managers'),
    prints: 'Timely Managers',
    after: () => expect(groupsOf('Kim Park')).not.toContain(groupId('Timely Managers')),
  },
  'sandbox nest': {
    words: quickEdit('Design Guild', 'Timely Managers'),
    prints: /^Design Guild is in Timely Managers now\.\s*$/,
    after: () => expect(groupsOf('Bao Nguyen')).toContain(groupId('Timely Managers')),
  },
  'sandbox grant-role': {
    words: quickEdit('Kim Park'),
    prints: 'Kim Park',
    after: () =>
      expect(world.sandbox.microsoft.state.roleAssignments.map(({ principalId }) => principalId)).toContain(
        account('Kim Park').id,
      ),
  },
  'sandbox invite-by-hand': {
    words: quickEdit('guest@elsewhere.example'),
    prints: 'guest is invited by hand.',
    after: () =>
      expect(world.sandbox.timely.state.byEmail('guest@elsewhere.example')).toMatchObject({
        name: 'guest',
        deleted: false,
      }),
  },
  'sandbox remove-by-hand': {
    words: quickEdit('guest@elsewhere.example'),
    prints: 'guest',
    after: () =>
      expect(world.sandbox.timely.state.removed.map(({ email }) => email)).toContain(
        'guest@elsewhere.example',
      ),
  },
  'sandbox fault': {
    words: inSandbox('timely', 'throttle', '--times', '3'),
    prints: 'Faults of the simulated timely: throttle.',
    after: () => expect(world.sandbox.timely.faults.active()).toHaveLength(1),
  },
  'sandbox faults-off': {
    words: inSandbox(),
    prints: 'All faults are off.',
    after: () => expect(world.sandbox.timely.faults.active()).toEqual([]),
  },
  'approvals list': { words: tenant, again: true, prints: `sensitive open` },
  'approvals show': { words: async () => [await idOfApproval(henrik)], again: true, prints: henrik },
  'approvals approve': {
    words: async () => [await idOfApproval(henrik), ...sure],
    prints: '1 change approved.',
  },
  'approvals reject': {
    words: async () => [await idOfApproval(eleanor), ...sure],
    prints: '1 change rejected.',
    after: async () =>
      expect((await world.approvals()).map(({ subjects }) => subjects[0])).not.toContain(eleanor),
  },
  'approvals reopen': {
    words: async () => [(await rejectedOf(eleanor)).id],
    prints: /1 change to be asked about again\..* does not run; its next cycle opens a new approval/,
    after: async () => expect(await rejectedOf(eleanor)).toMatchObject({ state: 'rejected' }),
  },
  findings: {
    again: true,
    words: () => [world.tenant, '--kind', 'unmanaged'],
    prints: /: \d+ unmanaged (.* )?unmanaged frida@studio-lang.example/,
  },
  history: {
    again: true,
    words: () => [world.tenant, '--kind', 'decided', '--since', '1d'],
    prints: 'it-lead@contoso.example by command rejected',
  },
  completion: {
    words: () => ['bash'],
    again: true,
    prints: 'complete -o default -F _timely_sync timely-sync',
  },
  // Who gave the file goes to standard error, which the document of --json has in it.
  config: {
    words: () => [world.tenant, '--version', '1', '--json'],
    prints: /"given": { "at": .* "channel": "command" }/,
  },
  schema: { words: () => ['status'], prints: '"title": "timely-sync status --json"' },
  complete: {
    words: () => ['--', 'status', world.tenant.slice(0, -1)],
    prints: /^\S+ /,
  },
  stop: {
    words: tenant,
    prints: ' stops once ',
    after: async () => {
      await world.client.workflow.getHandle(`tenant/${world.tenant}`).result();
      expect((await runCommand(['status', world.tenant])).out).toMatch(/: stopped$/m);
    },
  },
};

test('every command has a case here', () => {
  expect(Object.keys(cases).sort()).toEqual(commandLines.map((words) => words.join(' ')).sort());
});

test.each(Object.entries(cases))('%s does what its help says', async (name, given) => {
  const { words, prints, exitCode = 0, isBuilt = false, type, after } = given;
  const line = [...name.split(' '), ...(await words())];
  const outcome = isBuilt
    ? await runBuiltProgram(line, process.env)
    : await runCommand(line, { columns: 80, ...(type && { type }) });
  const printed = exitCode === 2 ? outcome.err : outcome.out;
  expect({
    exitCode: outcome.exitCode,
    printed: flat(printed),
    err: exitCode === 2 ? '' : outcome.err,
  }).toEqual({
    exitCode,
    printed: typeof prints === 'string' ? expect.stringContaining(prints) : expect.stringMatching(prints),
    err: '',
  });
  expect(tooWide(printed, 80)).toEqual([]);
  await after?.();
  if (given.again === undefined) return;
  const wide = await runCommand([...name.split(' '), ...(await words())], { columns: 120 });
  expect(tooWide(wide.out, 120)).toEqual([]);
  const twice = await runCommand([...name.split(' '), ...(await words()), '--json']);
  expect({ exitCode: twice.exitCode, err: twice.err }).toEqual({ exitCode, err: '' });
  expect(twice.out).toMatch(/^[{[]/);
});

test('commands that change something print their documents too', async () => {
  const approvalId = (await world.approvals())[0]?.id ?? '';
  for (const words of [
    ['start', world.file],
    ['unlink', world.tenant, 'Hana Sato'],
    ['link', world.tenant, 'Hana Sato', 'hana.sato@contoso.example'],
    ['approvals', 'reject', approvalId, ...sure],
    ['approvals', 'reopen', approvalId],
    ['resume', world.tenant],
    ['pause', world.tenant],
    ['stop', world.tenant],
  ]) {
    const { exitCode, out, err } = await runCommand([...words, '--json']);
    expect({ words, exitCode, err }).toEqual({ words, exitCode: 0, err: '' });
    expect(out).toMatch(/^\{/);
  }
});

test('connect prints its document, and the address to open beside it', async () => {
  const { exitCode, out, err } = await runCommand(['connect', world.tenant, '--paste', '--json'], {
    type: (written) => codeShown(world, written),
  });
  expect({ exitCode, err }).toEqual({
    exitCode: 0,
    err: expect.stringContaining('at this address:\nhttps:'),
  });
  expect(JSON.parse(out)).toMatchObject({ tenant: world.tenant, isAdmin: true });
});

test('--web of a command that acts shows what it began', async () => {
  await runCommand(['start', world.file]);
  await runCommand(['resume', world.tenant]);
  const page = async (...words: string[]) => {
    const { exitCode, out } = await runCommand([...words, '--web', '--json']);
    const { url } = JSON.parse(out) as { url: string };
    return { exitCode, workflowId: decodeURIComponent(url.split('/').at(-1) ?? '') };
  };
  expect(await page('sync', world.tenant)).toEqual({ exitCode: 0, workflowId: `tenant/${world.tenant}` });
  const { exitCode, workflowId } = await page('provision', world.tenant, 'Hana Sato');
  expect(exitCode).toBe(0);
  const { type } = await world.client.workflow.getHandle(workflowId).describe();
  expect(type).toBe('provisionPerson');
});

test('erase prints its document', async () => {
  // Now the store knows the guest, who was never in scope.
  await runCommand(['sync', world.tenant]);
  const { exitCode, out, err } = await runCommand([
    'erase',
    ...[world.tenant, 'kim@other.example', ...sure, '--json'],
  ]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ tenant: world.tenant, stays: true });
});
