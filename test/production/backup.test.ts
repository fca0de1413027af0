/** The commands of docs/backup.md bring a store back, tokens and journal included. They run where PostgreSQL is installed. */
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import getPort from 'get-port';
import { Client } from 'pg';
import { postgresUser } from '../../client/local/postgres-user.ts';
import { createTokenVault } from '../../store/account/tokens.ts';
import { closeDatabase, type Database, openDatabase } from '../../store/database.ts';
import { journalEvent } from '../../store/journal/journal.ts';
import { followPage } from '../../store/journal/journal-chain.ts';
import { parseStoredTokens } from '../../timely/token-source.ts';
import { until } from '../support/world.ts';
import { projectFile } from './files.ts';

/** Debian's place for the programs of each version; the newest. */
const debian = '/usr/lib/postgresql';
const programs = (existsSync(debian) ? readdirSync(debian) : [])
  .filter((version) => existsSync(join(debian, version, 'bin', 'initdb')))
  .sort((a, b) => Number(b) - Number(a))
  .map((version) => join(debian, version, 'bin'))[0];

const folder = mkdtempSync(join(tmpdir(), 'backup-'));
const key = Buffer.alloc(32, 1);
const owner = { tenant: 'contoso', accountId: 1, origin: 'https://api.timelyapp.com' };
const tokens = {
  ...{ accessToken: 'access', refreshToken: 'refresh', expiresAt: new Date('2027-01-01T00:00:00Z') },
  ...{ lifetimeMs: 7_200_000, initialTokenDigest: null, codeDigest: null, renewalBeganAt: null },
};
const vaultOf = (database: Database) =>
  createTokenVault(database, { ...owner, key, parse: parseStoredTokens });

let addressOf: (database: string) => string;
let stop: () => Promise<unknown> = async () => {};

beforeAll(async () => {
  if (programs === undefined) return;
  const user = await postgresUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const [data, port] = [join(folder, 'data'), await getPort()];
  await execa(join(programs, 'initdb'), ['-D', data, '-U', 'store', '--auth=trust', '--no-sync'], {
    ...user,
  });
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'];
  const server = execa(join(programs, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
    ...user,
  });
  stop = () => {
    server.kill('SIGINT');
    return server.catch(() => null);
  };
  addressOf = (database) => `postgres://store@127.0.0.1:${port}/${database}`;
  await until('PostgreSQL', () =>
    onServer('create database kept').then(
      () => true,
      () => null,
    ),
  );
  await onServer('create database restored');
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: addressOf('postgres') });
  client.on('error', () => {});
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** Runs the line of the page that begins with the program, on a database. */
async function runLine(program: string, database: string): Promise<void> {
  const line = projectFile('docs', 'backup.md')
    .split('\n')
    .find((each) => each.startsWith(`${program} `));
  expect(line).toContain('"$DATABASE_URL"');
  const env = { DATABASE_URL: addressOf(database), PATH: `${programs}:${process.env.PATH}` };
  await execa('sh', ['-c', `${line}`], { cwd: folder, env });
}

test('a restored store has the tokens, and a journal whose chain is whole', async () => {
  if (programs === undefined) return console.warn('PostgreSQL is not installed: backups are not tried.');
  const kept = await openDatabase(addressOf('kept'));
  await vaultOf(kept).withLock(({ save }) => save(tokens));
  for (const id of ['ada', 'bo'])
    await journalEvent(kept, owner.tenant, { kind: 'paused', id, reason: `${id} paused it`, at: new Date() });
  const before = await followPage(kept, owner.tenant, null);
  await closeDatabase(kept);

  await runLine('pg_dump', 'kept');
  await runLine('pg_restore', 'restored');

  const restored = await openDatabase(addressOf('restored'));
  expect(await vaultOf(restored).read()).toEqual(tokens);
  const after = await followPage(restored, owner.tenant, null);
  expect(after).toEqual(before);
  expect(after).toMatchObject({ checked: 2, done: true });
  await closeDatabase(restored);
}, 60_000);
