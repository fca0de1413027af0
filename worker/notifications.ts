/**
 * The receiver of change notifications (docs/reference/microsoft-graph.md section 5). It believes them for nothing but
 * that it is time to look, and answers before anything is done about them: a slow receiver is sent nothing for ten
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
  /** In place of a change: something about the subscription itself. */
  lifecycleEvent: z.string().optional(),
});
const post = z.object({ value: z.array(z.unknown()) });

/** What has arrived since the worker began. */
export interface NotificationCounts {
  /** Notifications that woke a tenant, or went with others that did. */
  taken: number;
  /** Notifications without a client state of ours. */
  refused: number;
  /** Requests that were too large or no notifications. */
  malformed: number;
}

export interface NotificationReceiver {
  app: Hono;
  counts: NotificationCounts;
}

/** Every POST is taken for one of the directory's, whatever its path: the public address may have any. */
export function createReceiver(clientStates: ClientStates, wakeUps: Debouncer): NotificationReceiver {
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
    // A dummy that is sent when notifications begin to flow.
    if (data?.subscriptionId === 'NA') return;
    const tenant = data ? clientStates.tenantOf(data.clientState) : null;
    if (data === undefined || tenant === null) {
      counts.refused += 1;
      return;
    }
    counts.taken += 1;
    wakeUps.wake(tenant, meaningOf(data));
  }

  return { app, counts };
}

/** An unknown lifecycle event is a reason to look, like any change. */
function meaningOf({ lifecycleEvent, subscriptionId }: z.output<typeof notification>) {
  if (lifecycleEvent === 'missed') return { full: true };
  // Renewing authorizes again, too; one that was removed is not found then and made anew.
  return lifecycleEvent === undefined ? {} : { renew: [subscriptionId] };
}

/** The token goes back as it came, as plain text that no browser takes for anything else. */
function handshake(context: Context, token: string): Response {
  return context.text(token, 200, { 'x-content-type-options': 'nosniff' });
}
