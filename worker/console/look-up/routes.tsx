/** Look up: a tenant, its cycles, a person, findings. Mounted below `/t/:place`; the list of tenants is for operators. */
import { Hono } from 'hono';
import type { ConsoleDeps, ConsoleEnv } from '../deps.ts';
import { sendPage } from '../layout.tsx';

export function lookUpRoutes(_deps: ConsoleDeps): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', (context) =>
    sendPage(context, { title: context.var.tenant, current: 'overview', body: <p>Nothing to see yet.</p> }),
  );
  return app;
}

/** Mounted at `/tenants`. */
export function tenantListRoutes(_deps: ConsoleDeps): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', (context) => sendPage(context, { title: 'Tenants', body: <p>There is none yet.</p> }));
  return app;
}
