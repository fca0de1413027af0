/** `GET /healthz`: whether this worker polls Temporal and reaches its store. `GET /metrics`: what it counted, for Prometheus. */
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import type { Database } from '../store/database.ts';
import type { Metrics } from './metrics.ts';

export interface HealthServer {
  port: number;
  close(): Promise<void>;
}

/** `state` is the Temporal worker's own (`RUNNING` while it polls). Port 0 takes a free one. */
export async function startHealthServer(
  port: number,
  { database, metrics, state }: { database: Database; metrics: Metrics; state(): string },
): Promise<HealthServer> {
  const app = new Hono();
  app.get('/healthz', async (context) => {
    const store = await database.execute(sql`select 1`).then(
      () => 'ok',
      () => 'unreachable',
    );
    const healthy = state() === 'RUNNING' && store === 'ok';
    return context.json({ worker: state(), store }, healthy ? 200 : 503);
  });
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
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
