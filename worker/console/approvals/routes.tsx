/** Decide: what waits for the viewer, one request, and the answer to it. Mounted below `/t/:place/approvals`. */
import { Hono } from 'hono';
import type { ConsoleDeps, ConsoleEnv } from '../deps.ts';
import { sendPage } from '../layout.tsx';

export function approvalRoutes(_deps: ConsoleDeps): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', (context) =>
    sendPage(context, { title: 'Approvals', current: 'approvals', body: <p>Nothing waits for you.</p> }),
  );
  return app;
}
