/** What `sandbox` does and says beyond the one use of each subcommand in every-command.test.ts. One running tenant. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { edits } from '../../client/sandbox/edits.ts';
import { nudgeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import type { World } from '../support/world.ts';
import { runCommand, watcherWho } from './run-command.ts';
import { startSandboxWorld } from './sandbox-world.ts';

let world: World;
let folder: string;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ world, folder, close } = await startSandboxWorld());
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => close());

const withTenant = () => ['--data', folder, '--tenant', world.tenant];
const inSandbox = (...words: string[]) => runCommand(['sandbox', ...words, '--data', folder]);
const edit = (...words: string[]) => runCommand(['sandbox', ...words, ...withTenant()]);
const account = (name: string) => world.sandbox.microsoft.state.user(name);

describe('an edit in the simulated Microsoft', () => {
  test('prints one document with what the next cycle did', async () => {
    const flags = ['--email', 'nia@contoso.example', '--department', 'Design', '--group', 'Timely Users'];
    const { exitCode, out, err } = await edit('join', 'Nia Novak', ...flags, '--wait', '--json');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      did: 'Nia Novak joined.',
      tenant: world.tenant,
      effect: { changes: [{ change: 'invite', status: 'done', subject: 'nia@contoso.example' }] },
    });
    const { id, properties } = account('nia@contoso.example');
    expect(properties.department).toBe('Design');
    expect([...world.sandbox.microsoft.state.transitiveGroups(id)]).toContain(
      world.sandbox.microsoft.state.group('Timely Users').id,
    );
  });

  test('shows what became of the person on a terminal, and after how long', async () => {
    const words = ['sandbox', 'leave', 'Nia Novak', ...withTenant()];
    const { exitCode, out } = await runCommand(words, { watcher: watcherWho(true) });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Nia Novak left; the account is deleted: removed from Timely after .+ s\.\n$/);
  });

  test('shows which teams changed when the person did not', async () => {
    const { out } = await edit('move', 'Hana Sato', 'Engineering', '--wait', '--json');
    const { changes } = JSON.parse(out).effect;
    const teams = changes.map(({ change, subject }: { change: string; subject: string }) => [
      change,
      subject,
    ]);
    expect(teams.sort()).toEqual([
      ['setTeamMembers', 'Design'],
      ['setTeamMembers', 'Engineering'],
    ]);
  });

  test('follows the cycle that a notification of Microsoft begins, and wakes none itself', async () => {
    const loop = world.client.workflow.getHandle(tenantWorkflowId(world.tenant));
    const before = await world.cycle();
    let notifications = 0;
    const receiver = createServer((request, response) => {
      notifications += 1;
      request.resume();
      response.writeHead(202).end();
      void loop.signal(nudgeSignal);
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const address = receiver.address();
    const { subscriptions } = world.sandbox.microsoft.state;
    subscriptions.push({
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
    const { exitCode, out } = await edit('disable', 'Grace Hall', '--wait', '--json');
    expect(exitCode).toBe(0);
    expect(notifications).toBe(1);
    expect(JSON.parse(out).effect).toMatchObject({
      cycle: before.finishedCycle + 1,
      changes: [{ change: 'remove', subject: 'Grace.Hall@contoso.example' }],
    });
    subscriptions.splice(0, Infinity);
    receiver.closeAllConnections();
    receiver.close();
  });

  test('is not made when there is no tenant to wake', async () => {
    const { exitCode, err } = await inSandbox('leave', 'Chen Wei', '--tenant', 'unknown');
    expect(exitCode).toBe(1);
    expect(err).toContain('There is no tenant unknown');
    expect(account('Chen Wei').status).toBe('live');
  });

  test('ends with 2 when the directory has no such person', async () => {
    const { exitCode, out, err } = await edit('leave', 'stranger@contoso.example');
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain('stranger@contoso.example');
  });
});

describe('faults', () => {
  test('go on with their options, and `faults-off` ends those of both simulators', async () => {
    const options = ['--retry-after', '2.5', '--times', '3', '--operation', 'users.*', '--after'];
    const { exitCode, out } = await inSandbox('fault', 'timely', 'throttle', ...options, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual({ simulator: 'timely', active: [{ name: 'throttle', fired: 0 }] });
    const setting = { retryAfter: 2.5, times: 3, operation: 'users.*', when: 'after' };
    const { timely, microsoft } = world.sandbox;
    expect(timely.faults.active()).toEqual([{ name: 'throttle', setting, fired: 0 }]);
    await inSandbox('fault', 'microsoft', 'unavailable');
    expect((await inSandbox('faults-off')).exitCode).toBe(0);
    expect([...timely.faults.active(), ...microsoft.faults.active()]).toEqual([]);
  });

  test('end with 2 and the known names when the name is unknown', async () => {
    const { exitCode, err } = await inSandbox('fault', 'timely', 'meteor');
    expect(exitCode).toBe(2);
    expect(err).toContain('throttle');
  });
});

test('people lists both sides, and mails counts invitations', async () => {
  const people = JSON.parse((await inSandbox('people', '--json')).out);
  const { microsoft, timely } = world.sandbox;
  const present = microsoft.state.objects.users.filter(({ status }) => status !== 'purged');
  expect(people.microsoft).toHaveLength(present.length);
  expect(people.timely.users).toHaveLength(timely.state.present.length);
  const { mails } = JSON.parse((await inSandbox('mails', '--json')).out);
  expect(mails).toContainEqual({ email: 'hana.sato@contoso.example', mails: 1 });
});

test('says how to start the sandbox where none runs', async () => {
  const { exitCode, err } = await runCommand(['sandbox', 'people', '--data', join(folder, 'elsewhere')]);
  expect(exitCode).toBe(1);
  expect(err).toContain('`timely-sync up --sandbox` starts it');
});

test('the example of each edit names the edit', () => {
  for (const { name, example } of edits) expect(example.split(' ')[0]).toBe(name.split(' ')[0]);
});
