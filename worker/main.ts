/** The worker's process: settings, store, Temporal, HTTP server, and a clean shutdown. */
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Client, type Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/index.ts';
import { createClientStates } from '../activities/read/client-states.ts';
import { createServices, type NotificationSettings, type ReceiverSettings } from '../activities/services.ts';
import { clientOf } from '../client/remote/connection.ts';
import { type WorkerSettings, workerSettings } from '../config/worker-settings.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { clientDataConverter, EncryptionCodec } from '../encryption/payload-codec.ts';
import { createNotifier } from '../notify/notifier.ts';
import { closeDatabase, type Database } from '../store/database.ts';
import { lastCycleOfEachTenant } from '../store/query/cycle-reports.ts';
import { lastGoodCycles } from '../store/tenants.ts';
import { activityInterceptor } from './activity-failures.ts';
import { connectToTemporal } from './connect-to-temporal.ts';
import { consolePagesAt } from './console/tenant-links.ts';
import { endInTime, graceMs } from './end-in-time.ts';
import { createLog, temporalLogger } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { openStore } from './open-store.ts';
import { createCodecEndpoint } from './payloads/codec-endpoint.ts';
import { encryptResults } from './payloads/encrypted-results.ts';
import { workerDataConverter, workflowBundleFile } from './payloads/worker-data-converter.ts';
import { debouncedReceiver } from './receiver/debounced-receiver.ts';
import { createSdkMetrics, type SdkMetrics } from './sdk-metrics.ts';
import { createSearchAttributes } from './search-attributes.ts';
import { startWorkerServer } from './server.ts';
import { createStartedWorkflows } from './started-workflows.ts';
import { createTraces, type Traces } from './traces.ts';
import { warnOfUnpolledQueues } from './unpolled-queues.ts';

// Commands load all of the worker from this file (client/local/worker-entry.ts).
export { migrateStore } from './open-store.ts';
export { verifyHistories } from './verify-histories.ts';

/** A cached workflow takes some 60 KB of heap (docs/reference/temporal.md section 4.4). */
const cachedWorkflowsMax = 300;
/** Most of them wait for the rate limiter or for a response. A tenant runs as many as its rate needs (domain/rate-limit/rate-limiter.ts). */
const activitiesMax = 1_000;

/** The name of the deployment whose versions are releases, for Temporal's worker versioning. */
const deploymentName = 'timely-sync';

/**
 * V8 collects garbage when the heap has grown by a fifth. By default it lets the heap grow up to fourfold: a tenant of
 * 100,000 people then takes 1.2 GB instead of less than 512 MB (`npm run bench -- leaver-at-scale`). A tenth would save
 * little more memory, and slow a first cycle by a quarter (`npm run bench -- first-cycle`).
 */
const smallHeap = '--heap-growing-percent=20';

/** What the parts of a worker share. */
interface Parts {
  settings: WorkerSettings;
  database: Database;
  connection: Connection;
  client: Client;
  log: Logger;
  metrics: Metrics;
  receiver: ReceiverSettings | null;
  traces: Traces;
}

/**
 * Runs a worker until the process is asked to stop. Prints `ready` on standard output once it polls.
 * @throws ConfigurationError for settings that cannot work; errors of Temporal or PostgreSQL when they are not reachable
 */
export async function runWorker(): Promise<number> {
  setFlagsFromString(smallHeap);
  endInTime();
  const settings = workerSettings(process.env);
  const log = createLog(settings.logLevel);
  const sdkMetrics = await createSdkMetrics();
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: {
      // The native part writes to our log: one format, and one place that removes secrets.
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      metrics: sdkMetrics.exporter,
    },
  });
  try {
    await withStore(settings, log, sdkMetrics);
  } finally {
    // The SDK's metrics listen on a port, which would keep the process running, even after a failed start.
    await Runtime.instance().shutdown();
  }
  return 0;
}

async function withStore(settings: WorkerSettings, log: Logger, sdkMetrics: SdkMetrics): Promise<void> {
  const database = await openStore(settings.databaseUrl);
  try {
    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
    const connection = await connectToTemporal(connectionOptions);
    const client = new Client({
      connection,
      namespace,
      dataConverter: clientDataConverter(settings.payloadKeys),
    });
    const metrics = createMetrics(
      { lastGoodCycles: () => lastGoodCycles(database), lastCycles: () => lastCycleOfEachTenant(database) },
      sdkMetrics.text,
    );
    const traces = await createTraces(process.env);
    try {
      const receiver = receiverSettingsOf(settings);
      await work({ settings, database, connection, client, log, metrics, receiver, traces });
    } finally {
      await Promise.all([connection.close(), traces.close()]);
    }
  } finally {
    await closeDatabase(database);
  }
}

function receiverSettingsOf({ publicUrl, encryptionKey }: WorkerSettings): ReceiverSettings | null {
  return publicUrl === null ? null : { url: publicUrl, clientStates: createClientStates(encryptionKey) };
}

function notificationSettingsOf(
  { mailServer, uiUrl }: WorkerSettings,
  namespace: string,
): NotificationSettings {
  return { notifier: createNotifier(mailServer), ui: uiUrl === null ? null : { url: uiUrl, namespace } };
}

async function work(parts: Parts): Promise<void> {
  const { settings, database, log } = parts;
  let worker: Worker | null = null;
  // Before the worker, which cannot end before it ran, when a port is taken. And before the first activity: a directory calls
  // the address as soon as a subscription is created.
  const server = await startWorkerServer(settings.listeners, {
    database,
    state: () => worker?.getState() ?? 'INITIALIZED',
    pingTemporal: (withinMs) =>
      parts.connection.withDeadline(Date.now() + withinMs, () =>
        parts.connection.workflowService.getSystemInfo({}),
      ),
    receiver: debouncedReceiver(parts, settings),
    codecEndpoint: codecEndpointOf(settings),
    console: await consoleIn(parts),
    metrics: parts.metrics,
  });
  try {
    const created = await createWorker(parts);
    worker = created;
    // The channel to `timely-sync up` breaks when that process ends: a worker must not outlive it.
    process.once('disconnect', () => stop(created));
    const running = created.run();
    const { port, receiverPort, codecPort, consolePort } = server;
    log.info({ taskQueue: settings.taskQueue, port, receiverPort, codecPort, consolePort }, 'worker polls');
    process.stdout.write('ready\n');
    void warnOfUnpolledQueues(parts.client, settings.taskQueue, log);
    await running;
  } finally {
    await server.close();
  }
}

function codecEndpointOf({ listeners: { codec }, payloadKeys, uiUrl }: WorkerSettings) {
  if (codec === null) return null;
  return createCodecEndpoint({ codec: new EncryptionCodec(payloadKeys), token: codec.token, uiUrl });
}

/** It asks as commands do, through Temporal: what it may see is what they may. A worker without a console does not load it. */
async function consoleIn({ settings, connection, client, log }: Parts) {
  if (settings.console === null) return null;
  const { workerConsole } = await import('./console/worker-console.ts');
  const app = workerConsole(settings.console, settings, clientOf(connection, client.options.namespace), log);
  return { app, port: settings.console.port };
}

async function createWorker(parts: Parts): Promise<Worker> {
  const { settings, database, connection, client, log, receiver, metrics, traces } = parts;
  const codePath = workflowBundleFile(settings.payloadKeys);
  if (!existsSync(codePath)) {
    throw new ConfigurationError('The workflow bundle is missing.', { remedy: 'Run "npm run build".' });
  }
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const searchAttributes = createSearchAttributes(connection, namespace, log);
  await searchAttributes();
  const keys = [settings.encryptionKey, ...settings.previousKeys];
  return await Worker.create({
    connection: await NativeConnection.connect(connectionOptions),
    namespace,
    taskQueue: settings.taskQueue,
    ...versioningOf(settings),
    workflowBundle: { codePath },
    dataConverter: workerDataConverter(settings.payloadKeys),
    activities: encryptResults(
      createActivities(
        createServices(
          database,
          keys,
          settings.policy,
          metrics.meterFor,
          receiver,
          notificationSettingsOf(settings, namespace),
          searchAttributes,
          createStartedWorkflows(client, settings.taskQueue, searchAttributes),
          {
            pages: consolePagesAt(settings.console?.url, keys),
            trustsTemporal: settings.trustsTemporal,
          },
        ),
      ),
    ),
    interceptors: { activity: [activityInterceptor(traces)] },
    maxCachedWorkflows: cachedWorkflowsMax,
    maxConcurrentActivityTaskExecutions: activitiesMax,
    shutdownGraceTime: graceMs,
  });
}

/** Each run stays on its release; those that last continue as new on the current one (workflows/versioning.ts). */
function versioningOf({ buildId }: WorkerSettings): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === null) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  };
}

function stop(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
