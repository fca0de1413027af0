/** Writes that Timely must not get twice, while it is unknown whether they took effect. */
import { and, eq } from 'drizzle-orm';
import { isOneOf, type Store } from '../database.ts';
import { attempts } from '../schema/planning-tables.ts';

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

/** The open attempts of these subjects, by subject key. */
export async function attemptsOf(
  store: Store,
  tenant: string,
  subjectKeys: string[],
): Promise<Map<string, Attempt>> {
  const rows = await store
    .select({ subjectKey: attempts.subjectKey, at: attempts.at, since: attempts.since })
    .from(attempts)
    .where(and(eq(attempts.tenant, tenant), isOneOf(attempts.subjectKey, subjectKeys)));
  return new Map(rows.map(({ subjectKey, ...attempt }) => [subjectKey, attempt]));
}

/** Notes an attempt. The first one's `since` stays: any of several in a row may have taken effect. */
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
