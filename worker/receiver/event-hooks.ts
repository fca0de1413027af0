/**
 * Event hooks of directories (docs/reference/okta.md section 7): a person registers the address
 * `…/notifications/<directory>/<tenant>` in its console. As with other notifications, only that something changed is taken from
 * them, so the body is not even read.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import type { HookSecretOf } from '../../activities/read/event-hook-secrets.ts';
import type { Database } from '../../store/database.ts';
import { noteEventHook } from '../../store/tenants.ts';

/** Answers a hook's requests; null for any other request. */
export type AnswerHook = (context: Context) => Promise<Response | null>;

interface HookParts {
  secretOf: HookSecretOf;
  /** An event hook of this tenant has arrived. */
  onArrival(tenant: string): void;
  onRefusal(): void;
}

const challengeHeader = 'x-okta-verification-challenge';
const challengeMax = 1_000;

/** The public address may have any path in front. */
const hookPath = /\/notifications\/[a-z]{1,20}\/([a-z0-9-]{1,40})$/;

export function createEventHooks({ secretOf, onArrival, onRefusal }: HookParts): AnswerHook {
  // Compared with where there is no secret, so that the answer takes the same time.
  const nobodysSecret = randomBytes(32).toString('hex');

  async function isProven(tenant: string, given: string | undefined): Promise<boolean> {
    const secret = await secretOf(tenant);
    const isEqual = timingSafeEqual(digest(given?.trim() ?? ''), digest(secret ?? nobodysSecret));
    return isEqual && secret !== null;
  }

  return async (context) => {
    const tenant = hookPath.exec(context.req.path)?.[1];
    if (tenant === undefined) return null;
    const { method } = context.req;
    if (method === 'GET') return verification(context);
    if (method !== 'POST') return context.body(null, 405);
    if (!(await isProven(tenant, context.req.header('authorization')))) {
      onRefusal();
      return context.body(null, 401);
    }
    onArrival(tenant);
    return context.body(null, 204);
  };
}

/** Whether the request has the secret is not said, so it is not asked for: the answer says nothing but what was sent. */
function verification(context: Context): Response {
  const challenge = context.req.header(challengeHeader);
  if (challenge === undefined || challenge.length > challengeMax) return context.body(null, 400);
  return context.json({ verification: challenge }, 200, { 'x-content-type-options': 'nosniff' });
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** A tenant's hooks are noted in the store no more often than this. */
const noteEveryMs = 60_000;

/** Notes in the store that hooks arrive, for `check`. A failure does not matter: the next hook is noted again. */
export function createArrivalNotes(database: Database): (tenant: string) => void {
  const notedAtMs = new Map<string, number>();
  return (tenant) => {
    const now = Date.now();
    if (now - (notedAtMs.get(tenant) ?? 0) < noteEveryMs) return;
    notedAtMs.set(tenant, now);
    noteEventHook(database, tenant, new Date(now)).catch(() => notedAtMs.delete(tenant));
  };
}
