/**
 * The worker's HTTP server: `GET /healthz`, `GET /readyz`, `GET /metrics` for Prometheus, and the receiver of change
 * notifications where one is configured.
 */
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { type Database, isMigrated } from '../store/database.ts';
import type { Metrics } from './metrics.ts';
import type { NotificationReceiver } from './notifications.ts';

export interface WorkerServer {
  port: number;
  close(): Promise<void>;
}

export interface WorkerParts {
  database: Database;
  /** The state of the Temporal worker: `RUNNING` while it polls. */
  state(): string;
  /** Rejects when Temporal does not answer in time. */
  pingTemporal(withinMs: number): Promise<unknown>;
  receiver: NotificationReceiver | null;
  metrics: Metrics;
}

/** A check of `GET /readyz` that takes longer has failed. */
const responseWithinMs = 3_000;

/** Starts the server. Port 0 takes a free port. */
export async function startWorkerServer(port: number, parts: WorkerParts): Promise<WorkerServer> {
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
  if (receiver) app.route('/', receiver.app);
  return await new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port }, (address) => {
      resolve({ port: address.port, close: () => closeServer(server as Server) });
    });
    server.on('error', reject);
  });
}

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
