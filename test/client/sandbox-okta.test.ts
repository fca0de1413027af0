/** The commands of `sandbox` where the tenant's directory is the simulated Okta. No cycle runs here. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSandbox } from '../../client/sandbox/control.ts';
import { edits } from '../../client/sandbox/edits.ts';
import { makeEdit } from '../../client/sandbox/effect.ts';
import { registerEventHook } from '../../client/sandbox/event-hook.ts';
import { type Sandbox, startSandbox } from '../../simulators/sandbox.ts';
import { runCommand } from './run-command.ts';

let sandbox: Sandbox;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timely-sync-okta-'));
  sandbox = await startSandbox({ dataDir: join(folder, 'sandbox') });
  const { microsoft, okta, sap, timely, caFile } = sandbox;
  const urls = { microsoft: microsoft.url, okta: okta.url, sap: sap.url, timely: timely.url };
  const line = { ...urls, caFile, directory: 'okta' };
  await writeFile(join(folder, 'sandbox', 'sandbox.json'), JSON.stringify(line));
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

test.each([
  ['join', ['Nia Novak'], { department: 'Design', group: ['Timely Users'] }, 'nia.novak@contoso.example'],
  ['disable', ['Grace Hall'], {}, 'grace.hall@contoso.example'],
  ['enable', ['Grace Hall'], {}, 'grace.hall@contoso.example'],
  ['move', ['Hana Sato', 'Engineering'], {}, 'hana.sato@contoso.example'],
  ['add-to-group', ['Hana Sato', 'Timely Managers'], {}, 'hana.sato@contoso.example'],
  ['remove-from-group', ['Hana Sato', 'Timely Managers'], {}, 'hana.sato@contoso.example'],
  ['grant-role', ['Hana Sato'], {}, 'hana.sato@contoso.example'],
  ['leave', ['Hugo Lefevre'], {}, 'hugo.lefevre@contoso.example'],
])('`sandbox %s` is made in Okta, and knows whom it concerns', async (name, words, flags, address) => {
  const edit = edits.find((one) => one.name.split(' ')[0] === name);
  if (!edit) throw new Error(`There is no edit ${name}.`);
  const control = await openSandbox(folder);
  const made = await makeEdit(control, edit.simulator, edit.action, edit.body(words, flags));
  expect(made.did).toMatch(/^(Nia Novak|Grace Hall|Hana Sato|Hugo Lefevre) /);
  expect(made.addresses).toContain(address);
});

test('people shows those of Okta, and a fault of Okta goes on and off', async () => {
  const inSandbox = (...words: string[]) => runCommand(['sandbox', ...words, '--data', folder]);
  const { out } = await inSandbox('people');
  expect(out).toContain('in Okta');
  const people = JSON.parse((await inSandbox('people', '--json')).out);
  expect(people.okta).toHaveLength(sandbox.okta.state.users.size);
  const fault = await inSandbox('fault', 'okta', 'emptyList', '--times', '2', '--json');
  expect(JSON.parse(fault.out)).toEqual({ simulator: 'okta', active: [{ name: 'emptyList', fired: 0 }] });
  expect((await inSandbox('faults-off')).exitCode).toBe(0);
  expect(sandbox.okta.faults.active()).toEqual([]);
});

test('what Okta does not have is explained with what it has', async () => {
  const control = await openSandbox(folder);
  await expect(control.order('okta', 'nest', { inner: 'a', outer: 'b' })).rejects.toThrow(
    'There is no action "nest". Actions: join, leave',
  );
});

test('the event hook is registered at the receiver of the tenant, and a failure is said', async () => {
  const asked: (string | undefined)[] = [];
  const receiver = createServer((request, response) => {
    asked.push(request.url);
    response.end(JSON.stringify({ verification: request.headers['x-okta-verification-challenge'] }));
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  const publicUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/notifications`;
  const said: string[] = [];
  await registerEventHook(folder, publicUrl, (sentence) => said.push(sentence));
  expect(asked).toEqual(['/notifications/okta/contoso']);
  expect([said, sandbox.okta.state.hook.isVerified]).toEqual([[], true]);
  await new Promise((resolve) => receiver.close(resolve));
  await registerEventHook(folder, publicUrl, (sentence) => said.push(sentence));
  expect(said).toEqual([expect.stringContaining('could not verify its event hook')]);
});
