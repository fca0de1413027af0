/**
 * The worker's HTTP server: `GET /healthz`, `GET /metrics` for Prometheus, and the receiver of change notifications where
 * there is one.
 */
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import type { Database } from '../store/database.ts';
import type { Metrics } from './metrics.ts';
import type { Receiver } from './notifications.ts';

export interface WorkerServer {
  port: number;
  close(): Promise<void>;
}

export interface WorkerParts {
  database: Database;
  /** The Temporal worker's own: `RUNNING` while it polls. */
  state(): string;
  receiver: Receiver | null;
  metrics: Metrics;
}

/** Whether this worker polls Temporal and reaches its store, for container health checks. Port 0 takes a free one. */
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

const closeServer = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
