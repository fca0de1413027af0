/** A worker whose database role owns nothing. Another role migrates the tables. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { projectFile } from '../../production/files.ts';
import { commandsFor } from '../../support/commands.ts';
import { runBuiltProgram } from '../../support/program.ts';
import { startWorld, type World } from '../../support/world.ts';

/** In place of `timely_sync`, because all tests share the roles of the server. */
const role = `least_${randomBytes(6).toString('hex')}`;
const owner = `${role}_owner`;
let world: World;

beforeAll(async () => {
  world = await startWorld({ emptyStore: true });
  await runSql(
    world.databaseUrl,
    projectFile('deploy', 'database-roles.sql').replaceAll('timely_sync', role),
  );
  await runSql(
    world.databaseUrl,
    `alter role ${owner} password '${owner}'; alter role ${role} password '${role}'`,
  );
}, 90_000);
afterAll(async () => {
  const { databaseUrl } = world;
  await world.close();
  await runSql(new URL('postgres', databaseUrl).href, `drop role ${role}; drop role ${owner}`);
});

const addressAs = (name: string) =>
  Object.assign(new URL(world.databaseUrl), { username: name, password: name }).href;

async function runSql(url: string, statements: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statements)).rows;
  } finally {
    await client.end();
  }
}

test('a worker runs cycles with a role that owns no tables', async () => {
  const small = { DATABASE_URL: addressAs(role) };
  const early = await runBuiltProgram(['worker'], { ...world.variables, ...small });
  expect(early.exitCode).not.toBe(0);
  expect(early.out + early.err).toContain('timely-sync worker --migrate');

  const migrated = await runBuiltProgram(['worker', '--migrate'], { DATABASE_URL: addressAs(owner) });
  expect(migrated).toEqual({ exitCode: 0, out: "The store's tables are up to date.\n", err: '' });

  Object.assign(world.variables, small);
  await world.startWorker();
  expect((await world.start()).health).toBe('ok');
  expect((await world.cycle({ full: true })).health).toBe('ok');
  expect(world.writes().filter(({ method }) => method === 'POST').length).toBeGreaterThan(10);
  const commands = commandsFor(world);
  const { document } = await commands.json<{ whole: boolean }>('history', world.tenant, '--verify');
  expect(document.whole).toBe(true);
  expect((await commands.run('preview', world.file, '--against', 'running')).exitCode).toBe(0);
  commands.release();

  const owned = `select relname from pg_class where pg_get_userbyid(relowner) = '${role}' and relpersistence <> 't'`;
  expect(await runSql(addressAs(role), owned)).toEqual([]);
  for (const forbidden of [
    'create table public.mine ()',
    'create schema mine',
    'drop table public.journal_entries',
    'alter table public.journal_entries add column mine text',
    'truncate public.journal_entries',
    'delete from drizzle.__drizzle_migrations',
    `create role ${role}_mine`,
  ]) {
    await expect(runSql(addressAs(role), forbidden)).rejects.toThrow(/permission denied|must be owner/);
  }
}, 120_000);
