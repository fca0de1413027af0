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
import { execa } from 'execa';

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

/** Its parent holds its standard input open, or a channel for messages. */
async function start(parent: 'stdin' | 'channel' = 'stdin') {
  const child = execa(process.execPath, [join(folder, 'main.js'), '--data', join(folder, 'data')], {
    stdin: parent === 'stdin' ? 'pipe' : 'ignore',
    stderr: 'inherit',
    ipc: parent === 'channel',
    buffer: false,
    reject: false,
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, line: String(line), exitCode: child.then((ended) => ended.exitCode) };
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
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder,
    env: { NODE_EXTRA_CA_CERTS: caFile, SECRET: clientSecret },
    stdin: 'ignore',
  });
  return stdout;
}

test('the process prints its addresses in one line, and writes it to a file that only its owner can read', async () => {
  const { child, line, exitCode } = await start();
  const file = join(folder, 'data', 'sandbox.json');
  expect(readFileSync(file, 'utf8')).toBe(`${line}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(Object.keys(JSON.parse(line))).toEqual([
    'microsoft',
    'okta',
    'sap',
    'timely',
    'caFile',
    'directory',
    'tenantId',
    'clientId',
    'clientSecret',
    'accountId',
    'applicationId',
    'applicationSecret',
    'refreshToken',
    'oktaDomain',
    'oktaClientId',
    'oktaPrivateKey',
    'oktaHook',
    'sapHost',
    'sapClientId',
    'sapSecret',
    'oktaSignInId',
    'oktaSignInSecret',
    'sapSignInId',
    'sapSignInSecret',
    'sharedClientId',
    'operatorsClientId',
    'operatorsSecret',
    'sapCertificate',
    'sharedCertificate',
    'mailbox',
    'mailServer',
    'teamsWebhook',
    'slackWebhook',
  ]);
  expect(await signInElsewhere(line)).toBe('Contoso');
  child.kill('SIGTERM');
  expect(await exitCode).toBe(0);
});

/** Its port is a new one with each start. */
const withoutMailServer = (line: string) => ({ ...JSON.parse(line), mailServer: null });

test('the process ends with its parent, and starts again with its state', async () => {
  const first = await start();
  first.child.stdin?.end();
  expect(await first.exitCode).toBe(0);
  const second = await start('channel');
  expect(withoutMailServer(second.line)).toEqual(withoutMailServer(first.line));
  second.child.disconnect();
  expect(await second.exitCode).toBe(0);
});

test('the process ends with a sentence when a port is taken, and leaves nothing behind', async () => {
  const { child, line, exitCode } = await start();
  const taken = new URL(JSON.parse(line).timely).port;
  const words = ['--data', join(folder, 'other'), '--timely-port', taken];
  const other = await execa(process.execPath, [join(folder, 'main.js'), ...words], { reject: false });
  expect([other.exitCode, other.stderr]).toEqual([
    1,
    expect.stringContaining('The sandbox could not start.'),
  ]);
  expect(other.stderr.split('\n')).toHaveLength(1);
  child.kill('SIGTERM');
  await exitCode;
});
