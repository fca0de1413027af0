/** Set up: a customer's administrator makes a tenant, step by step. Mounted at `/set-up`, for those who have a link. */
import { Hono } from 'hono';
import type { ConsoleDeps, ConsoleEnv } from '../deps.ts';
import { sendNotFound } from '../plain-pages.tsx';

export function setUpRoutes(_deps: ConsoleDeps): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/:token', (context) => sendNotFound(context));
  return app;
}
