/** Who is signed in: a sealed cookie of an hour, which is renewed while it is used, for a working day at most. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { NamedPerson } from '../../domain/contract/person-sign-in.ts';
import { dropCookie, readCookie, writeCookie } from './cookies.ts';
import type { ConsoleContext } from './deps.ts';

const sessionSeconds = 3_600;
const longestSeconds = 8 * 3_600;
/** A session is renewed when this much of it has passed. */
const renewAfterSeconds = 300;

const session = z.object({
  /** Random; forms are bound to it. */
  id: z.string(),
  /** Whose sign-in it was; null for an operator's. */
  tenant: z.string().nullable(),
  /** Id in the tenant's directory; null when another service has signed the person in. */
  subject: z.string().nullable(),
  /** Only those that the sign-in proves. */
  addresses: z.array(z.string()),
  name: z.string(),
  /** When the person signed in, and when the cookie was written; seconds of Unix time. */
  began: z.number(),
  written: z.number(),
});
export type ConsoleSession = z.output<typeof session>;

const secondsNow = (context: ConsoleContext) => Math.floor(context.var.deps.now().getTime() / 1_000);

/** Begins a session with an id of its own: nothing of an earlier one goes on. `tenant` null: an operator's. */
export async function beginSession(
  context: ConsoleContext,
  tenant: string | null,
  person: NamedPerson,
): Promise<void> {
  const [id, now] = [randomBytes(16).toString('base64url'), secondsNow(context)];
  const begun: ConsoleSession = { ...person, tenant, id, began: now, written: now };
  await writeCookie(context, 'session', begun, sessionSeconds);
}

/** The session of a request; null when there is none or it has ended. */
export async function currentSession(context: ConsoleContext): Promise<ConsoleSession | null> {
  const { data } = session.safeParse(await readCookie(context, 'session'));
  const now = secondsNow(context);
  if (!data || now >= data.began + longestSeconds) return null;
  if (now >= data.written + renewAfterSeconds) {
    const left = data.began + longestSeconds - now;
    await writeCookie(context, 'session', { ...data, written: now }, Math.min(sessionSeconds, left));
  }
  return data;
}

export const endSession = (context: ConsoleContext): void => dropCookie(context, 'session');
