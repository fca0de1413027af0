/** A database for one test file. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { closeDatabase, type Database, openDatabase } from '../../store/database.ts';

function testServer(): string {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url) throw new Error('The test servers do not run: start tests by "npm test".');
  return url;
}

/**
 * Makes a database and returns its address; `drop` removes it, open connections included. It has the tables of the store,
 * copied from the one that global set-up has migrated, unless it is to be empty.
 */
export async function createTestDatabase({
  server = testServer(),
  isEmpty = false,
} = {}): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = isEmpty ? 'template0' : databaseOf(server);
  // By the other strategy each copied page is written to the log too.
  await onServer(server, `create database ${name} template ${template} strategy file_copy`);
  const drop = () => onServer(server, `drop database if exists ${name} with (force)`);
  return { url: addressOf(server, name), drop };
}

const databaseOf = (server: string): string => new URL(server).pathname.slice(1);

function addressOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs a statement from another database: a template cannot be copied while a session is connected to it. */
async function onServer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: addressOf(server, 'postgres') });
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
