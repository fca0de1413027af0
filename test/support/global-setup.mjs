/**
 * One real PostgreSQL and Temporal server for all test files, in a temporary folder, on free ports. The built program starts
 * them, because jest cannot translate module-only packages for this file.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../../dist/client/local/child-environment.js';
import { startPostgres } from '../../dist/client/local/postgres.js';
import { startProcess } from '../../dist/client/local/processes.js';
import { startTemporal } from '../../dist/client/local/temporal.js';
import { closeDatabase, openDatabase } from '../../dist/store/database.js';

/** A crash of the machine may lose the tests' data, so PostgreSQL does not wait for the disk. */
const fastSettings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  // No test's database lives long enough for it.
  'autovacuum=off',
];

/** Starts PostgreSQL with these settings too, and with a socket in that folder: a statement by TCP takes half as long again. */
const launchPostgres = (folder) => (program) =>
  startProcess({
    ...program,
    args: [
      ...program.args,
      ...[...fastSettings, `unix_socket_directories=${folder}`].flatMap((setting) => ['-c', setting]),
    ],
  });

const bySocketIn = (folder, url) => {
  const address = new URL(url);
  address.searchParams.set('host', folder);
  return address.href;
};

/** Starts Temporal without its database file, with more memory before it collects garbage: it uses less of the processor. */
const launchTemporal = (program) => {
  const file = program.args.indexOf('--db-filename');
  const env = { ...(program.env ?? childEnvironment('server')), GOGC: '400' };
  return startProcess({ ...program, args: program.args.toSpliced(file, 2), env });
};

export default async function globalSetup() {
  const folder = await mkdtemp(join(tmpdir(), 'timely-sync-test-'));
  // PostgreSQL's own folder: as root it runs as another user.
  const sockets = join(folder, 'postgres');
  const [postgres, temporal] = await Promise.all([
    startPostgres({ dataFolder: folder, launch: launchPostgres(sockets) }),
    startTemporal({ dataFolder: folder, launch: launchTemporal }),
  ]);
  // Migrated here once: databases of tests are copies of this one.
  await closeDatabase(await openDatabase(postgres.url));
  process.env.TEST_POSTGRES_URL = bySocketIn(sockets, postgres.url);
  process.env.TEST_TEMPORAL_ADDRESS = temporal.address;
  process.env.TEST_TEMPORAL_UI = temporal.uiUrl;
  globalThis.stopTestServers = async () => {
    await Promise.all([postgres.stop(), temporal.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
}
