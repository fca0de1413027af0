/**
 * What the worker serves over HTTP: `GET /healthz`, `GET /readyz`, `GET /metrics` for Prometheus; the receiver of change
 * notifications, the codec endpoint and the console where they are configured, each on a port of its own when it has one.
 */
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import type { ListenerSettings } from '../config/listening/listener-settings.ts';
import { type Database, isMigrated } from '../store/database.ts';
import type { Metrics } from './metrics.ts';
import type { NotificationReceiver } from './receiver/notifications.ts';

export interface WorkerServer {
  /** Of health and metrics. */
  port: number;
  /** Null when the receiver shares `port`, or there is none. */
  receiverPort: number | null;
  /** Null when there is no codec endpoint. */
  codecPort: number | null;
  /** Null when there is no console. */
  consolePort: number | null;
  close(): Promise<void>;
}

export interface WorkerParts {
  database: Database;
  /** The state of the Temporal worker: `RUNNING` while it polls. */
  state(): string;
  /** Rejects when Temporal does not answer in time. */
  pingTemporal(withinMs: number): Promise<unknown>;
  receiver: NotificationReceiver | null;
  /** Null when there is none. */
  codecEndpoint: Hono | null;
  /** Null when there is none. */
  console: { app: App; port: number } | null;
  metrics: Metrics;
}

/** A check of `GET /readyz` that takes longer has failed. */
const responseWithinMs = 3_000;

/**
 * Starts the servers.
 * @throws Node's error when a port cannot be taken
 */
export async function startWorkerServer(
  { host, healthPort, receiverPort, codec }: ListenerSettings,
  parts: WorkerParts,
): Promise<WorkerServer> {
  const { receiver, codecEndpoint, console } = parts;
  const health = healthApp(parts);
  const receivesAlone = receiver !== null && receiverPort !== null;
  if (receiver && !receivesAlone) health.route('/', receiver.app);
  const open: Listening[] = [];
  const close = async () => {
    await Promise.all(open.map((server) => server.close()));
  };
  const portOf = async (app: App, wanted: number) => {
    const server = await listen(app, host, wanted);
    open.push(server);
    return server.port;
  };
  try {
    return {
      port: await portOf(health, healthPort),
      receiverPort: receivesAlone ? await portOf(receiver.app, receiverPort) : null,
      codecPort: codecEndpoint && codec ? await portOf(codecEndpoint, codec.port) : null,
      consolePort: console && (await portOf(console.app, console.port)),
      close,
    };
  } catch (error) {
    // An open server would keep a process alive that does not work.
    await close();
    throw error;
  }
}

function healthApp(parts: WorkerParts): Hono {
  const { database, state, receiver, metrics } = parts;
  const app = new Hono();
  app.get('/healthz', async (context) => {
    const store = await database.execute(sql`select 1`).then(
      () => 'ok',
      () => 'unreachable',
    );
    const healthy = state() === 'RUNNING' && store === 'ok';
    const notifications = receiver ? { notifications: receiver.counts } : {};
    return context.json({ worker: state(), store, ...notifications }, healthy ? 200 : 503);
  });
  app.get('/readyz', async (context) => {
    const readiness = await readinessOf(parts);
    return context.json(readiness, readiness.ready ? 200 : 503);
  });
  metrics.reportReadiness(async () => (await readinessOf(parts)).ready);
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  return app;
}

type Listening = Pick<WorkerServer, 'port' | 'close'>;

/** What answers requests of a port. */
type App = Pick<Hono, 'fetch'>;

const listen = (app: App, hostname: string, port: number) =>
  new Promise<Listening>((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port }, (address) => {
      resolve({ port: address.port, close: () => closeServer(server as Server) });
    });
    server.on('error', reject);
  });

/** Whether this worker can work now: it polls, Temporal and the store respond, and the store is migrated. */
async function readinessOf({ state, pingTemporal, database }: WorkerParts) {
  const [temporal, store] = await Promise.all([
    pingTemporal(responseWithinMs).then(
      () => 'ok',
      () => 'unreachable',
    ),
    within(isMigrated(database)).then(
      (migrated) => (migrated ? 'ok' : 'not migrated'),
      () => 'unreachable',
    ),
  ]);
  const worker = state();
  return { ready: worker === 'RUNNING' && temporal === 'ok' && store === 'ok', worker, temporal, store };
}

const within = <Result>(result: Promise<Result>): Promise<Result> =>
  Promise.race([
    result,
    sleep(responseWithinMs, undefined, { ref: false }).then(() => Promise.reject(new Error())),
  ]);

const closeServer = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
