/** Opens PostgreSQL and brings its tables up to date. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type SQL, sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { type ClientBase, DatabaseError, Pool } from 'pg';
import { ConfigurationError } from '../domain/errors.ts';

/** A transaction: for locks that last from one statement to the next. */
export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];
/** The store, or a transaction in it: every function of this folder takes one. */
export type Store = NodePgDatabase | Transaction;
export type Database = NodePgDatabase & { $client: Pool };

/** Any number: of all workers that start at once, one migrates under this lock and the others wait. */
const migrationLock = 7_243_001;

/** How long a statement waits for a lock. Some locks are held while Timely renews a token, which takes up to 30 s. */
const lockTimeoutMs = 40_000;
/** A worker that sleeps in a transaction holds its locks, and the tenant's next cycle waits for them: PostgreSQL ends it. */
const sleepsMaxMs = 60_000;

/** No statement waits for ever: for a connection, for a lock, or for a server that is gone. */
const limits = {
  connectionTimeoutMillis: 30_000,
  keepAlive: true,
  // Not a parameter of the connection: poolers refuse those that they do not know.
  onConnect: async (client: ClientBase) => {
    await client.query(
      `set lock_timeout = ${lockTimeoutMs}; set idle_in_transaction_session_timeout = ${sleepsMaxMs}`,
    );
  },
};

/**
 * Opens a pool, and migrates the tables unless they are up to date: then a role that owns nothing is enough. End it with
 * `closeDatabase`.
 * @throws pg's errors when the server does not answer or refuses the user; ConfigurationError when the role may not migrate
 */
export async function openDatabase(url: string, connectionsMax = 20): Promise<Database> {
  const pool = new Pool({ connectionString: url, max: connectionsMax, ...limits });
  // Idle connections break when the server restarts. The pool replaces them, and the next query reports what is wrong.
  pool.on('error', () => undefined);
  // A connection in use, as in a transaction, has no listener of the pool: without this one the process would end.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const database: Database = drizzle({ client: pool });
  try {
    if (!(await isMigrated(database))) await migrateOnce(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}

export async function closeDatabase(database: Database): Promise<void> {
  await database.$client.end();
}

async function migrateOnce(pool: Pool): Promise<void> {
  const connection = await pool.connect();
  try {
    // Migrating a large store may take longer than any other lock is held.
    await connection.query('set lock_timeout = 0');
    await connection.query('select pg_advisory_lock($1)', [migrationLock]);
    await migrate(drizzle({ client: connection }), { migrationsFolder: migrationsFolder() });
  } catch (error) {
    if (!isForbidden(error)) throw error;
    throw new ConfigurationError(
      "The store's tables are missing or of an earlier version, and this role may not migrate them.",
      { remedy: 'Run "timely-sync worker --migrate" with the DATABASE_URL of the role that owns them.' },
    );
  } finally {
    await connection.query('select pg_advisory_unlock($1)', [migrationLock]);
    // Not back into the pool: it waits for locks without limit.
    connection.release(true);
  }
}

/** PostgreSQL's `insufficient_privilege`, which drizzle wraps. */
function isForbidden(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === '42501';
  return error instanceof Error && isForbidden(error.cause);
}

/**
 * Whether the store has all migrations of this program; newer ones do no harm. False when an older backup was restored
 * under a running worker. Rejects when the store does not respond.
 */
export async function isMigrated(database: Database): Promise<boolean> {
  const wanted = Math.max(...readMigrationFiles({ migrationsFolder: migrationsFolder() }).map(madeAtMs));
  const { rows } = await database.$client.query<{ schema: string | null }>(
    "select to_regclass('drizzle.__drizzle_migrations')::text as schema",
  );
  if (rows[0]?.schema == null) return false;
  const last = await database.$client.query<{ at: string | null }>(
    'select max(created_at)::text as at from drizzle.__drizzle_migrations',
  );
  return Number(last.rows[0]?.at ?? 0) >= wanted;
}

const madeAtMs = ({ folderMillis }: { folderMillis: number }) => folderMillis;

/** Beside this file, in the sources and in `dist/` (the build copies them); `dist/program/` is beside `dist/store/`. */
function migrationsFolder(): string {
  const folder = ['migrations', '../store/migrations']
    .map((path) => join(import.meta.dirname, path))
    .find(existsSync);
  if (folder === undefined) throw new Error('The migrations are missing: run "npm run build".');
  return folder;
}

/** Rows as one JSON parameter, so that one statement writes a set of any size. */
export const asJson = (rows: unknown) => sql`${JSON.stringify(rows)}::jsonb`;

/**
 * Whether a column has one of the values, as one array parameter of any size, which PostgreSQL hashes. It takes a set out of
 * JSON for a hundred rows: without statistics of the table it may compare each row with each of 10,000 values.
 */
export const isOneOf = (column: unknown, values: readonly string[]): SQL =>
  sql`${column} = any(${sql.param(values)}::text[])`;

/** The same for numbers. */
export const isOneOfIds = (column: unknown, values: readonly number[]): SQL =>
  sql`${column} = any(${sql.param(values)}::bigint[])`;

/** Whether an array column has any of the values. */
export const hasAnyOf = (column: unknown, values: readonly string[]): SQL =>
  sql`${column} && ${sql.param(values)}::text[]`;

/** Rows of the items, made by `rowOf`, in sets of a size that one statement writes well. */
export function* inSets<Item, Row>(
  items: readonly Item[],
  rowOf: (item: Item, position: number) => Row,
  size = 5_000,
): Generator<Row[]> {
  for (let start = 0; start < items.length; start += size) {
    yield items.slice(start, start + size).map((item, index) => rowOf(item, start + index));
  }
}
