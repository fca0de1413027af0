/** Writes that Timely must not get twice, while it is unknown whether they took effect. */
import { and, eq, sql } from 'drizzle-orm';
import { TransientError } from '../../domain/errors.ts';
import { asJson, isOneOf, type Store } from '../database.ts';
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

export interface NotedAttempt extends Attempt {
  subjectKey: string;
  /** The attempt before, as its process has seen it. */
  seen: Attempt | null;
}

/**
 * Notes attempts in one statement: none when the cycle may no longer write, and not those of subjects for whom another process
 * has noted one since `seen`. The first one's `since` stays: any of several in a row may have taken effect.
 * @returns for each null; or SupersededError, or TransientError: then its caller looks for the effect of the other attempt
 */
export async function noteAttempts(
  store: Store,
  fence: Fence,
  noted: readonly NotedAttempt[],
): Promise<(Error | null)[]> {
  const entries = noted.map(({ subjectKey, at, since, seen }) => ({
    subject_key: subjectKey,
    at,
    since,
    seen: seen?.at ?? null,
  }));
  // In one order, so that two processes never wait for each other.
  const { rows } = await store.execute<{ subject_key: string }>(sql`
    with noted as (select * from jsonb_to_recordset(${asJson(entries)})
      as entry (subject_key text, at timestamptz, since bigint, seen timestamptz))
    insert into attempts (tenant, subject_key, at, since)
    select ${fence.tenant}, subject_key, at, since from noted where ${isCurrent(fence)} order by subject_key
    on conflict (tenant, subject_key) do update set at = excluded.at
    where attempts.at = (select seen from noted where noted.subject_key = attempts.subject_key)
    returning subject_key`);
  const stored = new Set(rows.map((row) => row.subject_key));
  const refusal = stored.size === noted.length ? null : await whyNotNoted(store, fence);
  return noted.map(({ subjectKey }) => (stored.has(subjectKey) ? null : refusal));
}

async function whyNotNoted(store: Store, fence: Fence): Promise<Error> {
  try {
    await requireCurrent(store, fence);
    return new TransientError('Another process sends the same to Timely right now');
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/** The end of the attempt is known. */
export async function forgetAttempt(store: Store, key: AttemptKey): Promise<void> {
  await store.delete(attempts).where(whose(key));
}
