import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { transformFileSync } from '@swc/core';

const project = join(import.meta.dirname, '..', '..');
let folder: string;

/** Compiles the simulators into a temporary folder, because Node 20 runs no TypeScript. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-process-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  const configFile = join(folder, 'swc.json');
  const compiler = {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' }, rewriteRelativeImportExtensions: true },
    module: { type: 'es6' },
  };
  writeFileSync(configFile, JSON.stringify(compiler));
  const sources = readdirSync(join(project, 'simulators'), { recursive: true, encoding: 'utf8' });
  for (const source of sources.filter((name) => name.endsWith('.ts'))) {
    const { code } = transformFileSync(join(project, 'simulators', source), { configFile });
    const target = join(folder, source.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(stdio: 'pipe' | 'ignore and ipc' = 'pipe') {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(folder, 'main.js'), '--data', join(folder, 'data')],
    { stdio: stdio === 'pipe' ? ['pipe', 'pipe', 'inherit'] : ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  if (!child.stdout) throw new Error('no standard output');
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, line: String(line), ended: once(child, 'exit') };
}

/** Signs in from another process that trusts the authority by NODE_EXTRA_CA_CERTS, as the product does. */
async function signInElsewhere(line: string): Promise<string> {
  const { microsoft, tenantId, clientId, clientSecret, caFile } = JSON.parse(line);
  const script = `
    import { ClientSecretCredential } from '@azure/identity';
    const credential = new ClientSecretCredential('${tenantId}', '${clientId}', process.env.SECRET, {
      authorityHost: '${microsoft}', disableInstanceDiscovery: true });
    const { token } = await credential.getToken('https://graph.microsoft.com/.default');
    const response = await fetch('${microsoft}/v1.0/organization', { headers: { authorization: 'Bearer ' + token } });
    process.stdout.write((await response.json()).value[0].displayName);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder,
    env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile, SECRET: clientSecret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  return text;
}

test('the process prints its addresses in one line, and writes it to a file that only its owner can read', async () => {
  const { child, line, ended } = await start();
  const file = join(folder, 'data', 'sandbox.json');
  expect(readFileSync(file, 'utf8')).toBe(`${line}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(Object.keys(JSON.parse(line))).toEqual([
    'microsoft',
    'timely',
    'caFile',
    'tenantId',
    'clientId',
    'clientSecret',
    'accountId',
    'applicationId',
    'applicationSecret',
    'refreshToken',
  ]);
  expect(await signInElsewhere(line)).toBe('Contoso');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('the process ends with its parent, and starts again with its state', async () => {
  const first = await start();
  first.child.stdin?.end();
  expect(await first.ended).toEqual([0, null]);
  const second = await start('ignore and ipc');
  expect(second.line).toBe(first.line);
  second.child.disconnect();
  expect(await second.ended).toEqual([0, null]);
});

test('the process ends with a sentence when a port is taken, and leaves nothing behind', async () => {
  const { child, line, ended } = await start();
  const taken = new URL(JSON.parse(line).timely).port;
  const other = spawn(
    process.execPath,
    [join(folder, 'main.js'), '--data', join(folder, 'other'), '--timely-port', taken],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let message = '';
  other.stderr.on('data', (chunk) => {
    message += String(chunk);
  });
  const [code] = await once(other, 'close');
  expect([code, message]).toEqual([1, expect.stringContaining('The sandbox could not start.')]);
  expect(message.trim().split('\n')).toHaveLength(1);
  child.kill('SIGTERM');
  await ended;
});
