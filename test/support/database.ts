/** A database for one test file. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { closeDatabase, type Database, openDatabase } from '../../store/database.ts';

function testServer(): string {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url) throw new Error('The test servers do not run: start tests by "npm test".');
  return url;
}

/** Creates an empty database and returns its address. `drop` drops it despite open connections. */
export async function createTestDatabase(
  server = testServer(),
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `drop database if exists ${name} with (force)`) };
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Opens a migrated store for a test file. `close` drops it. */
export async function openTestStore(): Promise<{ database: Database; url: string; close(): Promise<void> }> {
  const { url, drop } = await createTestDatabase();
  const database = await openDatabase(url);
  return {
    database,
    url,
    async close() {
      await closeDatabase(database);
      await drop();
    },
  };
}
