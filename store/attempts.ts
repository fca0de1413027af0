/** Writes that Timely must not get twice, and of which it is not known yet whether they took effect. */
import { and, eq } from 'drizzle-orm';
import type { Store } from './database.ts';
import { attempts } from './schema.ts';

export interface Attempt {
  /** When it was last sent, or given up. */
  at: Date;
  /** Newest `updated_at` that Timely had shown before the first one, Unix seconds. */
  since: number;
}

/** Whose write: the tenant, and the object id of the person or the source of the team. */
export interface AttemptKey {
  tenant: string;
  subjectKey: string;
}

const whose = ({ tenant, subjectKey }: AttemptKey) =>
  and(eq(attempts.tenant, tenant), eq(attempts.subjectKey, subjectKey));

/** Null when nothing was sent whose end is unknown. */
export async function attemptOf(store: Store, key: AttemptKey): Promise<Attempt | null> {
  const [row] = await store
    .select({ at: attempts.at, since: attempts.since })
    .from(attempts)
    .where(whose(key));
  return row ?? null;
}

/** Notes an attempt. Of several in a row the first one's `since` stays: any of them may have taken effect. */
export async function noteAttempt(
  store: Store,
  { tenant, subjectKey }: AttemptKey,
  { at, since }: Attempt,
): Promise<void> {
  await store
    .insert(attempts)
    .values({ tenant, subjectKey, at, since })
    .onConflictDoUpdate({ target: [attempts.tenant, attempts.subjectKey], set: { at } });
}

/** The end of the attempt is known. */
export async function forgetAttempt(store: Store, key: AttemptKey): Promise<void> {
  await store.delete(attempts).where(whose(key));
}
