/** The console of a worker, by the worker's settings. */
import type { Client } from '@temporalio/client';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { ConsoleListener } from '../../config/listening/console-settings.ts';
import type { WorkerSettings } from '../../config/worker-settings.ts';
import { createConsole } from './app.ts';
import type { ConsoleEnv } from './deps.ts';
import { createSignInLimits } from './sign-in/limits.ts';
import { operatorServiceOf } from './sign-in/operators.ts';
import { createTenantLinks } from './tenant-links.ts';
import { askWhoMay } from './who-may.ts';

export function workerConsole(
  listener: ConsoleListener,
  { policy, setUp, encryptionKey, previousKeys }: WorkerSettings,
  client: Client,
  log: Logger,
): Hono<ConsoleEnv> {
  const keys = [encryptionKey, ...previousKeys];
  return createConsole({
    ...{ settings: listener, policy, setUp, client, keys, log },
    signInLimits: createSignInLimits(),
    operatorService: listener.operators && operatorServiceOf(listener.operators, policy),
    whoMay: (tenant, person) => askWhoMay(client, tenant, person),
    links: createTenantLinks(keys),
    now: () => new Date(),
  });
}
