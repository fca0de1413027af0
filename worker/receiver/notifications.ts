/**
 * The receiver of change notifications (docs/reference/microsoft-graph.md section 5). It takes from them only that a tenant
 * should read its directory. It responds before any work is done: to a slow receiver Microsoft sends nothing for ten
 * minutes.
 */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { ClientStates } from '../../activities/read/client-states.ts';
import type { HookSecretOf } from '../../activities/read/event-hook-secrets.ts';
import type { Debouncer } from './debounce.ts';
import { createEventHooks } from './event-hooks.ts';

const bodyBytesMax = 1_048_576;
const validationTokenMax = 4_096;
/** A longer body is read only when its text has a client state of ours: a forger gets no work done. */
const unprovenMax = 8_192;
/** Wrong client states of one request that are compared. Requests of Microsoft have ours only. */
const wrongStatesMax = 8;

const proven = z.object({
  subscriptionId: z.string().max(128),
  /** Instead of a change: an event of the subscription itself. */
  lifecycleEvent: z.string().max(128).optional(),
});

/** Client states in the text of a body. They have no character that JSON escapes. */
const writtenStates = /"clientState"\s*:\s*"([\w.-]{1,128})"/g;

/** What has arrived since the worker began. */
export interface NotificationCounts {
  /** Notifications with a valid client state. */
  taken: number;
  /** Notifications without a valid client state, and long requests without any. */
  refused: number;
  /** Requests that are too large or hold no notifications. */
  malformed: number;
}

export interface NotificationReceiver {
  app: Hono;
  counts: NotificationCounts;
}

/** How the receiver knows event hooks, and where it tells that one has arrived. Default: there are none. */
interface HookSettings {
  secretOf: HookSecretOf;
  noteArrival(tenant: string): void;
}
const noHooks: HookSettings = { secretOf: async () => null, noteArrival: () => undefined };

/** Takes every POST as one of a directory's, on any path: the public address may have any path. */
export function createReceiver(
  clientStates: ClientStates,
  debouncer: Debouncer,
  { secretOf, noteArrival }: HookSettings = noHooks,
): NotificationReceiver {
  const counts: NotificationCounts = { taken: 0, refused: 0, malformed: 0 };
  const malformed = (context: Context, status: 400 | 413) => {
    counts.malformed += 1;
    return context.body(null, status);
  };
  const app = new Hono();
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: (context) => malformed(context, 413) }));
  const answerHook = createEventHooks({
    secretOf,
    onArrival(tenant) {
      counts.taken += 1;
      debouncer.signal(tenant);
      noteArrival(tenant);
    },
    onRefusal() {
      counts.refused += 1;
    },
  });
  app.use(async (context, next) => (await answerHook(context)) ?? (await next()));
  app.post('*', async (context) => {
    const token = context.req.query('validationToken');
    if (token !== undefined)
      return token.length > validationTokenMax ? malformed(context, 400) : handshake(context, token);
    const text = await context.req.text();
    const tenantOf = tenantsByState(clientStates);
    if (text.length > unprovenMax && !hasProof(text, tenantOf)) {
      counts.refused += 1;
      return context.body(null, 202);
    }
    // Without a schema, which takes its time for a hundred thousand entries.
    const { value } = Object(parsed(text));
    if (!Array.isArray(value)) return malformed(context, 400);
    for (const entry of value) take(entry, tenantOf);
    return context.body(null, 202);
  });

  function take(entry: unknown, tenantOf: TenantOf): void {
    const { clientState, subscriptionId } = Object(entry);
    // A dummy notification that Microsoft sends when a subscription begins.
    if (subscriptionId === 'NA') return;
    const tenant = typeof clientState === 'string' ? tenantOf(clientState) : null;
    // Only what is proven is worth a look at its form.
    const data = tenant === null ? undefined : proven.safeParse(entry).data;
    if (data === undefined || tenant === null) {
      counts.refused += 1;
      return;
    }
    counts.taken += 1;
    debouncer.signal(tenant, requestOf(data));
  }

  return { app, counts };
}

/** The tenant of a client state; null for one that we did not make. */
type TenantOf = (clientState: string) => string | null;

/** For one request: compares each client state once, and after some wrong ones no other. */
function tenantsByState(clientStates: ClientStates): TenantOf {
  const known = new Map<string, string | null>();
  let wrong = 0;
  return (clientState) => {
    const before = known.get(clientState);
    if (before !== undefined) return before;
    if (wrong === wrongStatesMax || clientState.length > 128) return null;
    const tenant = clientStates.tenantOf(clientState);
    if (tenant === null) wrong += 1;
    known.set(clientState, tenant);
    return tenant;
  };
}

function hasProof(text: string, tenantOf: TenantOf): boolean {
  let looked = 0;
  for (const [, clientState = ''] of text.matchAll(writtenStates)) {
    if (tenantOf(clientState) !== null) return true;
    looked += 1;
    if (looked > wrongStatesMax) return false;
  }
  return false;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** An unknown lifecycle event asks for a cycle, as any change does. */
function requestOf({ lifecycleEvent, subscriptionId }: z.output<typeof proven>) {
  if (lifecycleEvent === 'missed') return { full: true };
  // A renewal also authorizes again. A removed subscription is not found then, and is created again.
  return lifecycleEvent === undefined ? {} : { renew: [subscriptionId] };
}

/** Sends the token back unchanged, as plain text that no browser takes for anything else. */
function handshake(context: Context, token: string): Response {
  return context.text(token, 200, { 'x-content-type-options': 'nosniff' });
}
