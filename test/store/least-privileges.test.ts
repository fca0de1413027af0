/** The worker needs a database of its own and nothing else on the server: no superuser, no right to make databases or roles. */

import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { closeDatabase, openDatabase } from '../../store/database.ts';
import { createTokenVault } from '../../store/tokens.ts';

test('a role that owns its database and may do no more migrates and works', async () => {
  const server = new Client({ connectionString: process.env.TEST_POSTGRES_URL });
  await server.connect();
  const name = `least_${randomBytes(6).toString('hex')}`;
  await server.query(
    `create role ${name} login password '${name}' nosuperuser nocreatedb nocreaterole noreplication nobypassrls`,
  );
  await server.query(`create database ${name} owner ${name}`);
  await server.query(`revoke all on database ${name} from public`);
  try {
    const url = new URL(process.env.TEST_POSTGRES_URL ?? '');
    Object.assign(url, { username: name, password: name, pathname: `/${name}` });
    const database = await openDatabase(url.href);
    const { rows } = await database.execute(sql`select current_user as role`);
    expect(rows).toEqual([{ role: name }]);
    const vault = createTokenVault(database, { tenant: 'a', key: Buffer.alloc(32, 1), parse: String });
    await vault.withLock(({ save }) => save('kept'));
    expect(await vault.read()).toBe('kept');
    await expect(database.execute(sql`create database other`)).rejects.toThrow();
    await closeDatabase(database);
  } finally {
    await server.query(`drop database if exists ${name} with (force)`);
    await server.query(`drop role ${name}`);
    await server.end();
  }
});
