/** `GET /healthz`: whether this worker polls Temporal and reaches its store. For container health checks. */
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import type { Database } from '../store/database.ts';

export interface HealthServer {
  port: number;
  close(): Promise<void>;
}

/** `state` is the Temporal worker's own (`RUNNING` while it polls). Port 0 takes a free one. */
export async function startHealthServer(
  port: number,
  { database, state }: { database: Database; state(): string },
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
