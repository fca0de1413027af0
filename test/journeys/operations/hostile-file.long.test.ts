/** Tenant files of an attacker, by the commands, on a worker that serves another customer. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { ownPrefix } from '../../../config/policy/secrets.ts';
import { type Attacker, startAttacker } from '../../activities/check/attacker-server.ts';
import type { Outcome } from '../../client/run-command.ts';
import { commandsFor } from '../../support/commands.ts';
import { trustCatcher } from '../../support/message-catcher.ts';
import { startWorld, type World } from '../../support/world.ts';

let world: World;
let attacker: Attacker;
let commands: ReturnType<typeof commandsFor>;
/** The attacker's server under another name, which is allowed for the tenant as well. */
let proxy: string;
/** All that commands have printed. */
let printed = '';

const evil = `evil-${process.pid}`;

beforeAll(async () => {
  world = await startWorld();
  const { microsoft, timely } = world.sandbox;
  attacker = await startAttacker(timely.url);
  proxy = attacker.url.replace('localhost', '127.0.0.1');
  await trustCatcher(world, attacker);
  const own = Object.keys(world.variables).filter((name) => name.startsWith('TENANT_'));
  const host = (url: string) => new URL(url).host;
  Object.assign(world.variables, {
    [`${ownPrefix(evil)}SECRET`]: 'own-secret-of-evil',
    TIMELY_SYNC_SHARED_REFERENCES: [
      'TIMELY_CLIENT_ID',
      'TIMELY_CLIENT_SECRET',
      ...own.map((name) => `${name}@${world.tenant}`),
    ].join(','),
    TIMELY_SYNC_ALLOWED_HOSTS: [
      ...[host(microsoft.url), host(timely.url)],
      ...[`${host(attacker.url)}@${evil}`, host(proxy)],
    ].join(','),
  });
  await world.startWorker();
  await world.start();
  commands = commandsFor(world);
}, 90_000);
afterAll(async () => {
  commands.release();
  await world.close();
  await attacker.close();
});

/** Runs a command with an edit of the tenant's file. */
async function run(edit: (text: string) => string, ...words: string[]): Promise<Outcome> {
  const file = join(world.folder, 'hostile.yaml');
  await writeFile(file, edit(await readFile(world.file, 'utf8')));
  const outcome = await commands.run(...words.map((word) => (word === 'FILE' ? file : word)));
  printed += outcome.out + outcome.err;
  return outcome;
}

const named = (tenant: string) => (text: string) => text.replace(/^tenant: .*$/m, `tenant: ${tenant}`);
/** Another address of Timely. */
const at = (url: string) => (text: string) => text.replace('env:TENANT_CONTOSO_TIMELY', url);

/** The keys and tokens that no other place may get. */
function secrets(): string[] {
  const { credentials, timely } = world.sandbox;
  const { pairs } = timely.state.oauth.save();
  return [
    ...[credentials.clientSecret, credentials.applicationSecret, credentials.refreshToken],
    ...pairs.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]),
    ...[String(world.variables.TIMELY_SYNC_KEY), world.databaseUrl, 'root:x:0:0'],
  ];
}

const leaked = (text: string) => secrets().filter((secret) => text.includes(secret)).length;

/** A table's cells without the line breaks in them. */
const unwrapped = (table: string) => table.replace(/[│\s]+/g, ' ');

async function storedTokens(): Promise<unknown[]> {
  const store = new Client({ connectionString: world.databaseUrl });
  await store.connect();
  const { rows } = await store.query('select tenant, account_id, origin from oauth_tokens');
  await store.end();
  return rows;
}

test('a file that names settings and files of the worker is refused, and its server is not even asked', async () => {
  const stealing = (text: string) =>
    at(attacker.url)(named(evil)(text))
      .replaceAll('env:TENANT_CONTOSO_MICROSOFT', attacker.url)
      .replace('env:TENANT_CONTOSO_ENTRA_SECRET', `env:${ownPrefix(world.tenant)}X`)
      .replace('env:TIMELY_CLIENT_ID', 'env:DATABASE_URL')
      .replace('env:TIMELY_CLIENT_SECRET', 'env:TIMELY_SYNC_KEY')
      .replace('env:TENANT_CONTOSO_REFRESH_TOKEN', 'file:/etc/passwd');
  const { exitCode, out } = await run(stealing, 'check', 'FILE');
  expect(exitCode).toBe(1);
  expect(unwrapped(out)).toMatch(/env:DATABASE_URL is a setting of the worker/);
  expect(out).toContain('TIMELY_SYNC_SHARED_REFERENCES');
  expect(attacker.received).toEqual([]);
});

test("a customer's file under the name of another gets neither its hosts nor its tokens", async () => {
  const before = await storedTokens();
  const notAllowed = await run(at(attacker.url), 'check', 'FILE');
  expect(unwrapped(notAllowed.out)).toContain(
    `add ${new URL(attacker.url).host} to TIMELY_SYNC_ALLOWED_HOSTS`,
  );
  // The host is allowed, but the tokens are not for it.
  const elsewhere = await run(at(proxy), 'check', 'FILE');
  expect(unwrapped(elsewhere.out)).toContain('Its sign-in is not used there.');
  const preview = await run(at(proxy), 'preview', 'FILE');
  expect(preview.exitCode).not.toBe(0);
  expect(preview.err).toContain('Its sign-in is not used there.');
  expect(attacker.received).toEqual([]);
  expect(await storedTokens()).toEqual(before);
  expect(await world.cycle({ full: true })).toMatchObject({ health: 'ok', cycleError: null });
}, 60_000);

test('the address of a sign-in shows no setting of the worker', async () => {
  const file = (text: string) =>
    at(attacker.url)(named(evil)(text))
      .replaceAll('env:TENANT_CONTOSO_MICROSOFT', attacker.url)
      .replace('env:TENANT_CONTOSO_ENTRA_SECRET', `env:${ownPrefix(evil)}SECRET`)
      .replace('env:TIMELY_CLIENT_ID', 'env:TIMELY_SYNC_KEY');
  await run(file, 'start', 'FILE');
  const { exitCode, out, err } = await run(file, 'connect', evil, '--paste');
  expect(exitCode).not.toBe(0);
  expect(`${out}${err}`).toContain('env:TIMELY_SYNC_KEY is a setting of the worker');
  await run(file, 'stop', evil);
}, 60_000);

test('nothing that was printed, received or kept in histories holds a secret', async () => {
  expect(leaked(attacker.received.join('\n'))).toBe(0);
  expect(printed).toContain('TIMELY_SYNC_KEY');
  expect(leaked(printed)).toBe(0);
  const texts: string[] = [];
  const list = world.client.workflow.list({ query: `TaskQueue = '${world.taskQueue}'` });
  for await (const { workflowId, runId } of list) {
    const history = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
    texts.push(
      JSON.stringify(history, (_key, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
      ),
    );
  }
  expect(texts.length).toBeGreaterThan(3);
  expect(leaked(texts.join('\n'))).toBe(0);
});
