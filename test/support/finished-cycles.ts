/** Which cycles of a store have finished, for tests that wait for one. */
import { Pool } from 'pg';

/** Asks the store alone: it answers for a hundredth of what a query to a workflow costs Temporal, worker and test. */
export function openFinishedCycles(databaseUrl: string) {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 1,
    idleTimeoutMillis: 0,
    allowExitOnIdle: true,
  });
  // Tests that kill the server break idle connections; the next query opens another one.
  pool.on('error', () => undefined);
  return {
    /** Whether a cycle of the tenant with a higher number than `after` has finished. */
    async hasOne(tenant: string, after: number): Promise<boolean> {
      const finished =
        'select from cycles where tenant = $1 and number > $2 and finished_at is not null limit 1';
      return (await pool.query(finished, [tenant, after])).rowCount === 1;
    },
    close: () => pool.end(),
  };
}
