/** Writes that Timely must not get twice, while it is unknown whether they took effect. */
import { and, eq, sql } from 'drizzle-orm';
import { TransientError } from '../../domain/errors.ts';
import { isOneOf, type Store } from '../database.ts';
import { type Fence, isCurrent, requireCurrent } from '../fence.ts';
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

/**
 * Notes an attempt, unless the cycle may no longer write or another process has noted one since `seen`. The first one's
 * `since` stays: any of several in a row may have taken effect.
 * @throws SupersededError, or TransientError: then the caller looks for the effect of the other attempt first
 */
export async function noteAttempt(
  store: Store,
  fence: Fence,
  subjectKey: string,
  { at, since }: Attempt,
  seen: Attempt | null,
): Promise<void> {
  const asSeen = seen === null ? sql`false` : sql`attempts.at = ${seen.at.toISOString()}::timestamptz`;
  const { rowCount } = await store.execute(sql`
    insert into attempts (tenant, subject_key, at, since)
    select ${fence.tenant}, ${subjectKey}, ${at.toISOString()}::timestamptz, ${since}::bigint where ${isCurrent(fence)}
    on conflict (tenant, subject_key) do update set at = excluded.at where ${asSeen}`);
  if (rowCount) return;
  await requireCurrent(store, fence);
  throw new TransientError('Another process sends the same to Timely right now');
}

/** The end of the attempt is known. */
export async function forgetAttempt(store: Store, key: AttemptKey): Promise<void> {
  await store.delete(attempts).where(whose(key));
}
