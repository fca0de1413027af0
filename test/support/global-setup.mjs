/**
 * One real PostgreSQL and Temporal server for all test files, in a temporary folder, on free ports. The built program starts
 * them, because jest cannot translate module-only packages for this file.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../dist/client/local/postgres.js';
import { startTemporal } from '../../dist/client/local/temporal.js';

export default async function globalSetup() {
  const folder = await mkdtemp(join(tmpdir(), 'timely-sync-test-'));
  const [postgres, temporal] = await Promise.all([
    startPostgres({ dataFolder: folder }),
    startTemporal({ dataFolder: folder }),
  ]);
  process.env.TEST_POSTGRES_URL = postgres.url;
  process.env.TEST_TEMPORAL_ADDRESS = temporal.address;
  process.env.TEST_TEMPORAL_UI = temporal.uiUrl;
  globalThis.stopTestServers = async () => {
    await Promise.all([postgres.stop(), temporal.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
}
