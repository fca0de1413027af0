import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { edits } from '../../client/sandbox/edits.ts';
import { type Sandbox, startSandbox } from '../../simulators/sandbox.ts';
import { defaultTaskQueue, nudgeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import { runCommand, type StandIn, startStandIn, watcherWho } from './stand-in.ts';
import { reportLine } from './stand-in-store.ts';

let standIn: StandIn;
let sandbox: Sandbox;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timely-sync-'));
  [standIn, sandbox] = await Promise.all([
    startStandIn(),
    startSandbox({ dataDir: join(folder, 'sandbox') }),
  ]);
  const { microsoft, timely, caFile } = sandbox;
  const addresses = { microsoft: microsoft.url, timely: timely.url, caFile };
  await writeFile(join(folder, 'sandbox', 'sandbox.json'), JSON.stringify(addresses));
  await standIn.environment.client.workflow.start('tenantSync', {
    workflowId: tenantWorkflowId('contoso'),
    taskQueue: defaultTaskQueue,
    args: [{ tenant: 'contoso' }],
  });
});
afterAll(async () => {
  await Promise.all([standIn.stop(), sandbox.close()]);
  await rm(folder, { recursive: true });
});

const inSandbox = (...words: string[]) => runCommand(['sandbox', ...words, '--data', folder]);
const userOf = (name: string) => sandbox.microsoft.state.user(name);
const newcomer = (name: string, ...flags: string[]) => inSandbox('join', name, ...flags);

describe('edits in the simulated Microsoft', () => {
  test('somebody joins with what the flags say, and a cycle is asked for', async () => {
    const before = standIn.store.cycles.get('contoso')?.length ?? 0;
    const flags = ['--email', 'nia@contoso.example', '--department', 'Design', '--group', 'Timely Users'];
    const { exitCode, out, err } = await newcomer('Nia Novak', ...flags, '--wait', '--json');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      did: 'Nia Novak joined.',
      tenant: 'contoso',
      effect: { changes: [] },
    });
    expect(standIn.store.cycles.get('contoso')?.length).toBeGreaterThan(before);
    const { id, properties } = userOf('nia@contoso.example');
    expect(properties.department).toBe('Design');
    expect([...sandbox.microsoft.state.transitiveGroups(id)]).toContain(
      sandbox.microsoft.state.group('Timely Users').id,
    );
  });

  test('tells what became of whom the edit concerns, and after how long', async () => {
    await newcomer('Bo Berg', '--email', 'bo.berg@contoso.example');
    const team = reportLine({ change: 'setTeamMembers', subject: 'Design', name: 'Design' });
    const gone = reportLine({ change: 'remove', subject: 'Bo.Berg@contoso.example', name: 'Bo Berg' });
    standIn.store.outcomes.set('contoso', {
      lines: [reportLine(), gone, team],
      findings: [],
      report: { finishedAt: new Date(Date.now() + 60_000).toISOString() },
    });
    const { exitCode, out } = await runCommand(
      ['sandbox', 'leave', 'Bo Berg', '--data', folder],
      watcherWho(true),
    );
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Bo Berg left; the account is deleted: removed from Timely after \d+\.\d s\.\n$/);
    standIn.store.outcomes.delete('contoso');
  });

  test('tells which teams changed when nothing was decided about the person', async () => {
    await newcomer('Ed Eng', '--email', 'ed@contoso.example');
    const team = {
      change: 'setTeamMembers' as const,
      subject: 'Design',
      name: 'Design',
      why: 'takes out 1 person',
    };
    standIn.store.outcomes.set('contoso', { lines: [reportLine(team)], findings: [] });
    const { out } = await inSandbox('move', 'Ed Eng', 'Engineering', '--wait', '--json');
    expect(JSON.parse(out).effect.changes).toMatchObject([{ change: 'setTeamMembers', subject: 'Design' }]);
    standIn.store.outcomes.delete('contoso');
  });

  test('disable, enable, move and groups change the account', async () => {
    await newcomer('Cy Cole', '--email', 'cy@contoso.example');
    await inSandbox('disable', 'cy@contoso.example');
    expect(userOf('Cy Cole').properties.accountEnabled).toBe(false);
    await inSandbox('enable', 'cy@contoso.example');
    expect(userOf('Cy Cole').properties.accountEnabled).toBe(true);
    await inSandbox('move', 'cy@contoso.example', 'Engineering');
    expect(userOf('Cy Cole').properties.department).toBe('Engineering');
    const { state } = sandbox.microsoft;
    const managers = state.group('Timely Managers').id;
    await inSandbox('add-to-group', 'Cy Cole', 'Timely Managers');
    expect([...state.transitiveGroups(userOf('Cy Cole').id)]).toContain(managers);
    await inSandbox('remove-from-group', 'Cy Cole', 'Timely Managers');
    expect([...state.transitiveGroups(userOf('Cy Cole').id)]).not.toContain(managers);
  });

  test('a guest comes, accepts, and gets a privileged role', async () => {
    await inSandbox('guest', 'kim@partner.example', 'Kim Park', '--mail', 'kim@other.example');
    expect(userOf('Kim Park').properties).toMatchObject({
      mail: 'kim@other.example',
      externalUserState: 'PendingAcceptance',
    });
    await inSandbox('accept', 'Kim Park');
    expect(userOf('Kim Park').properties.externalUserState).toBe('Accepted');
    await inSandbox('grant-role', 'Kim Park');
    const { state } = sandbox.microsoft;
    expect(state.roleAssignments.map(({ principalId }) => principalId)).toContain(userOf('Kim Park').id);
  });

  test('a group is put into another', async () => {
    const { out, exitCode } = await inSandbox('nest', 'Design Guild', 'Timely Managers', '--no-wait');
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'Design Guild is in Timely Managers now.\n' });
  });

  test('where Microsoft sends notifications the command wakes nobody itself, and tells the cycle that they lead to', async () => {
    await newcomer('Fay Fox', '--email', 'fay@contoso.example', '--wait');
    const loop = standIn.environment.client.workflow.getHandle(tenantWorkflowId('contoso'));
    let notifications = 0;
    const receiver = createServer((request, response) => {
      notifications += 1;
      request.resume();
      response.writeHead(202).end();
      void loop.signal(nudgeSignal);
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const address = receiver.address();
    sandbox.microsoft.state.subscriptions.push({
      id: 'subscription-1',
      resource: 'users',
      changeType: 'updated,deleted',
      notificationUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
      lifecycleNotificationUrl: null,
      expirationDateTime: new Date(Date.now() + 3_600_000).toISOString(),
      clientState: null,
      applicationId: '',
      lapsed: false,
    });
    const before = standIn.store.cycles.get('contoso')?.length ?? 0;
    const { exitCode } = await inSandbox('disable', 'fay@contoso.example', '--wait', '--json');
    expect(exitCode).toBe(0);
    expect(notifications).toBe(1);
    expect(standIn.store.cycles.get('contoso')?.length).toBe(before + 1);
    sandbox.microsoft.state.subscriptions.splice(0, Infinity);
    receiver.closeAllConnections();
    receiver.close();
  });

  test('nothing is edited when there is no tenant to wake', async () => {
    await newcomer('Di Dahl', '--email', 'di@contoso.example');
    const { exitCode, err } = await inSandbox('leave', 'di@contoso.example', '--tenant', 'nobody');
    expect(exitCode).toBe(1);
    expect(err).toContain('There is no tenant nobody');
    expect(userOf('di@contoso.example').status).toBe('live');
  });

  test('somebody who is not there is wrong use', async () => {
    const { exitCode, out, err } = await inSandbox('leave', 'nobody@contoso.example');
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain('nobody@contoso.example');
  });
});

describe('edits in the simulated Timely', () => {
  test('somebody is invited and removed by hand', async () => {
    expect((await inSandbox('invite-by-hand', 'guest@elsewhere.example')).exitCode).toBe(0);
    const { state } = sandbox.timely;
    expect(state.byEmail('guest@elsewhere.example')).toMatchObject({ name: 'guest', deleted: false });
    expect((await inSandbox('remove-by-hand', 'guest@elsewhere.example')).exitCode).toBe(0);
    expect(state.removed.map(({ email }) => email)).toContain('guest@elsewhere.example');
  });
});

describe('faults', () => {
  test('go on with their options and all off again', async () => {
    const words = [
      'fault',
      'timely',
      'throttle',
      '--retry-after',
      '2.5',
      '--times',
      '3',
      '--operation',
      'users.*',
      '--after',
    ];
    const { exitCode, out } = await inSandbox(...words, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual({ simulator: 'timely', active: [{ name: 'throttle', fired: 0 }] });
    expect(sandbox.timely.faults.active()).toEqual([
      {
        name: 'throttle',
        setting: { retryAfter: 2.5, times: 3, operation: 'users.*', when: 'after' },
        fired: 0,
      },
    ]);
    await inSandbox('fault', 'microsoft', 'unavailable');
    expect((await inSandbox('faults-off')).exitCode).toBe(0);
    expect([...sandbox.timely.faults.active(), ...sandbox.microsoft.faults.active()]).toEqual([]);
  });

  test('an unknown name is wrong use and answered with the known ones', async () => {
    const { exitCode, err } = await inSandbox('fault', 'timely', 'meteor');
    expect(exitCode).toBe(2);
    expect(err).toContain('throttle');
  });
});

test('people lists both sides, mails how often somebody was invited', async () => {
  await inSandbox('invite-by-hand', 'mia@elsewhere.example', 'Mia Moss');
  const people = JSON.parse((await inSandbox('people', '--json')).out);
  const present = sandbox.microsoft.state.objects.users.filter(({ status }) => status !== 'purged');
  expect(people.microsoft).toHaveLength(present.length);
  expect(people.timely.users.map(({ email }: { email: string }) => email)).toContain('mia@elsewhere.example');
  expect((await inSandbox('people')).out).toContain('Mia Moss');
  const { mails } = JSON.parse((await inSandbox('mails', '--json')).out);
  expect(mails).toContainEqual({ email: 'mia@elsewhere.example', mails: 1 });
});

test('says how to start the sandbox where none runs', async () => {
  const { exitCode, err } = await runCommand(['sandbox', 'people', '--data', join(folder, 'elsewhere')]);
  expect(exitCode).toBe(1);
  expect(err).toContain('`timely-sync up --sandbox` starts it');
});

test('every example of an edit names the edit', () => {
  for (const { name, example } of edits) expect(example.split(' ')[0]).toBe(name.split(' ')[0]);
});
