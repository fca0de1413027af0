/**
 * The receiver of change notifications (docs/reference/microsoft-graph.md section 5). It takes from them only that a tenant
 * should read its directory. It responds before any work is done: to a slow receiver Microsoft sends nothing for ten
 * minutes.
 */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { ClientStates } from '../activities/read/client-states.ts';
import type { Debouncer } from './debounce.ts';

const bodyBytesMax = 1_048_576;
const validationTokenMax = 4_096;

const notification = z.object({
  subscriptionId: z.string(),
  clientState: z.string().max(128),
  /** Instead of a change: an event of the subscription itself. */
  lifecycleEvent: z.string().optional(),
});
const post = z.object({ value: z.array(z.unknown()) });

/** What has arrived since the worker began. */
export interface NotificationCounts {
  /** Notifications with a valid client state. */
  taken: number;
  /** Notifications without a valid client state. */
  refused: number;
  /** Requests that are too large or hold no notifications. */
  malformed: number;
}

export interface NotificationReceiver {
  app: Hono;
  counts: NotificationCounts;
}

/** Takes every POST as one of the directory's, on any path: the public address may have any path. */
export function createReceiver(clientStates: ClientStates, debouncer: Debouncer): NotificationReceiver {
  const counts: NotificationCounts = { taken: 0, refused: 0, malformed: 0 };
  const malformed = (context: Context, status: 400 | 413) => {
    counts.malformed += 1;
    return context.body(null, status);
  };
  const app = new Hono();
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: (context) => malformed(context, 413) }));
  app.post('*', async (context) => {
    const token = context.req.query('validationToken');
    if (token !== undefined)
      return token.length > validationTokenMax ? malformed(context, 400) : handshake(context, token);
    const body = post.safeParse(await context.req.json().catch(() => null));
    if (!body.success) return malformed(context, 400);
    for (const entry of body.data.value) take(entry);
    return context.body(null, 202);
  });

  function take(entry: unknown): void {
    const { data } = notification.safeParse(entry);
    // A dummy notification that Microsoft sends when a subscription begins.
    if (data?.subscriptionId === 'NA') return;
    const tenant = data ? clientStates.tenantOf(data.clientState) : null;
    if (data === undefined || tenant === null) {
      counts.refused += 1;
      return;
    }
    counts.taken += 1;
    debouncer.signal(tenant, requestOf(data));
  }

  return { app, counts };
}

/** An unknown lifecycle event asks for a cycle, as any change does. */
function requestOf({ lifecycleEvent, subscriptionId }: z.output<typeof notification>) {
  if (lifecycleEvent === 'missed') return { full: true };
  // A renewal also authorizes again. A removed subscription is not found then, and is created again.
  return lifecycleEvent === undefined ? {} : { renew: [subscriptionId] };
}

/** Sends the token back unchanged, as plain text that no browser takes for anything else. */
function handshake(context: Context, token: string): Response {
  return context.text(token, 200, { 'x-content-type-options': 'nosniff' });
}
