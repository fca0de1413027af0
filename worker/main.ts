/** The worker's process: settings, store, Temporal, health; and a clean end. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { createServices } from '../activities/services.ts';
import { type WorkerSettings, workerSettings } from '../config/worker-settings.ts';
import { ConfigurationError, PassingError } from '../domain/errors.ts';
import { closeDatabase, type Database, openDatabase } from '../store/database.ts';
import { activityInterceptor } from './activity-failures.ts';
import { startHealthServer } from './health.ts';
import { createLog, temporalLogger } from './log.ts';
import { ensureSearchAttributes } from './search-attributes.ts';

/** Bundled ahead by `npm run build`, so that a worker starts in a second. */
const workflowBundle = join(import.meta.dirname, '..', 'workflow-bundle.js');

/** Small workflows: a cached one takes some 60 KB of heap (temporal.md, section 4.4). */
const cachedWorkflowsMax = 300;

/**
 * Runs a worker until it is told to stop. Prints `ready` on standard output once it polls.
 * @throws ConfigurationError for settings that cannot work; errors of Temporal or PostgreSQL when they are not reachable
 */
export async function runWorker(): Promise<number> {
  const settings = workerSettings(process.env);
  const log = createLog(settings.logLevel);
  Runtime.install({ logger: temporalLogger(log) });
  const database = await openStore(settings.databaseUrl);
  try {
    const worker = await createWorker(settings, database);
    const health = await startHealthServer(settings.healthPort, { database, state: () => worker.getState() });
    // The channel to `timely-sync up` breaks when that process dies: a worker must not outlive it.
    process.once('disconnect', () => stop(worker));
    const running = worker.run();
    log.info({ taskQueue: settings.taskQueue, healthPort: health.port }, 'worker polls');
    process.stdout.write('ready\n');
    await running;
    await health.close();
  } finally {
    await closeDatabase(database);
  }
  return 0;
}

async function openStore(url: string): Promise<Database> {
  try {
    return await openDatabase(url);
  } catch (error) {
    // The address holds a password, so only host and port are told.
    const { host } = new URL(url);
    const reason = error instanceof Error ? error.message : String(error);
    throw new PassingError(
      `The store cannot be opened at ${host}: ${reason}. See that PostgreSQL runs and DATABASE_URL is right.`,
    );
  }
}

async function createWorker(settings: WorkerSettings, database: Database): Promise<Worker> {
  if (!existsSync(workflowBundle)) {
    throw new ConfigurationError('The workflow bundle is missing.', { remedy: 'Run "npm run build".' });
  }
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const client = await Connection.connect(connectionOptions);
  await ensureSearchAttributes(client, namespace);
  await client.close();
  return await Worker.create({
    connection: await NativeConnection.connect(connectionOptions),
    namespace,
    taskQueue: settings.taskQueue,
    workflowBundle: { codePath: workflowBundle },
    activities: createActivities(createServices(database, settings.encryptionKey)),
    interceptors: { activity: [activityInterceptor] },
    maxCachedWorkflows: cachedWorkflowsMax,
    shutdownGraceTime: '10 seconds',
  });
}

function stop(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
