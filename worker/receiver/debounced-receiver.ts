/** The receiver of this worker, which signals a tenant once for a burst of notifications. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createAccess } from '../../activities/create-access.ts';
import { createHookSecrets } from '../../activities/read/event-hook-secrets.ts';
import type { ReceiverSettings } from '../../activities/services.ts';
import type { WorkerSettings } from '../../config/worker-settings.ts';
import type { Database } from '../../store/database.ts';
import { Debouncer } from './debounce.ts';
import { createArrivalNotes } from './event-hooks.ts';
import { createReceiver, type NotificationReceiver } from './notifications.ts';
import { createTenantSignaller } from './signal-tenant.ts';

interface ReceiverParts {
  database: Database;
  client: Client;
  log: Logger;
  receiver: ReceiverSettings | null;
}

/** Null when the worker has no public address. */
export function debouncedReceiver(
  { database, client, log, receiver }: ReceiverParts,
  { policy, encryptionKey, previousKeys }: WorkerSettings,
): NotificationReceiver | null {
  if (receiver === null) return null;
  const debouncer = new Debouncer(createTenantSignaller(database, client, log));
  const secretOf = createHookSecrets({
    database,
    access: createAccess(database, [encryptionKey, ...previousKeys], policy),
  });
  return createReceiver(receiver.clientStates, debouncer, {
    secretOf,
    noteArrival: createArrivalNotes(database),
  });
}
