/** Opens the store of a worker, with an error that says what to check. */
import { databaseUrl } from '../config/worker-settings.ts';
import { ConfigurationError, TransientError } from '../domain/errors.ts';
import { closeDatabase, type Database, openDatabase } from '../store/database.ts';

/**
 * Migrates the store and returns, so that workers can use a role that owns nothing.
 * @throws ConfigurationError, TransientError
 */
export async function migrateStore(): Promise<void> {
  await closeDatabase(await openStore(databaseUrl(process.env)));
}

/** @throws ConfigurationError, TransientError */
export async function openStore(url: string): Promise<Database> {
  try {
    return await openDatabase(url);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    // The address holds a password: show only host and port.
    const { host } = new URL(url);
    const reason = error instanceof Error ? error.message : String(error);
    throw new TransientError(
      `The store cannot be opened at ${host}: ${reason}. Check that PostgreSQL runs and that DATABASE_URL is correct.`,
    );
  }
}
