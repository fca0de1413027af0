/** Records of both sides that could not be read: findings until a page has them right. */
import { and, eq, inArray } from 'drizzle-orm';
import type { OddRecord } from '../../directory/source.ts';
import { isOneOf, type Store } from '../database.ts';
import { oddRecords } from '../schema/directory-tables.ts';
import { timelyUsers } from '../schema/timely-tables.ts';
import { requestReplan } from './dirty-subjects.ts';

type OddKey = Pick<typeof oddRecords.$inferSelect, 'tenant' | 'stream'>;

/** Forgets those of the stream: a full round names them all. */
export async function forgetOddRecords(store: Store, key: OddKey): Promise<void> {
  await store.delete(oddRecords).where(isStream(key));
}

/** Notes the odd records of a page, and forgets those that it has right. A new one is told by a plan. */
export async function noteOddRecords(
  store: Store,
  key: OddKey,
  { entries, odd = [] }: { entries: readonly object[]; odd?: OddRecord[] },
): Promise<void> {
  const { tenant, stream } = key;
  if ((await store.$count(oddRecords, isStream(key))) > 0) {
    const ids = entries.flatMap((entry) => ('id' in entry && typeof entry.id === 'string' ? entry.id : []));
    await store.delete(oddRecords).where(and(isStream(key), isOneOf(oddRecords.id, ids)));
  }
  if (odd.length === 0) return;
  const rows = new Map(odd.map(({ id, problem }) => [id, { tenant, stream, id, problem }]));
  await store
    .insert(oddRecords)
    .values([...rows.values()])
    .onConflictDoNothing();
  await requestReplan(store, tenant);
}

/** Counts users as seen whose rows could not be read: what is known of them stays. */
export async function keepUsers(store: Store, tenant: string, ids: number[], cycle: number): Promise<void> {
  if (ids.length === 0) return;
  await store
    .update(timelyUsers)
    .set({ seenIn: cycle })
    .where(and(eq(timelyUsers.tenant, tenant), inArray(timelyUsers.id, ids)));
}

/** All that are known of a tenant, in a fixed order. */
export async function loadOddRecords(store: Store, tenant: string) {
  return await store
    .select({ stream: oddRecords.stream, id: oddRecords.id, problem: oddRecords.problem })
    .from(oddRecords)
    .where(eq(oddRecords.tenant, tenant))
    .orderBy(oddRecords.stream, oddRecords.id);
}

const isStream = ({ tenant, stream }: OddKey) =>
  and(eq(oddRecords.tenant, tenant), eq(oddRecords.stream, stream));
