/** Notifications that were sent: one row for each key and channel, so that none is sent twice. */
import { and, desc, eq, isNull, like, sql } from 'drizzle-orm';
import { asJson, isOneOf, type Store } from '../database.ts';
import { deliveries } from '../schema/notification-tables.ts';

/** The keys whose notifications were sent to the channel, or given up. */
export async function deliveredKeys(
  store: Store,
  tenant: string,
  channel: string,
  keys: string[],
): Promise<Set<string>> {
  const rows = await store
    .select({ key: deliveries.key })
    .from(deliveries)
    .where(and(isTo(tenant, channel), isOneOf(deliveries.key, keys)));
  return new Set(rows.map(({ key }) => key));
}

/** Records keys as sent, or with a `problem` as given up. Earlier records stay as they are. */
export async function recordDeliveries(
  store: Store,
  { tenant, channel, at, problem }: { tenant: string; channel: string; at: Date; problem: string | null },
  keys: string[],
): Promise<void> {
  await store.execute(sql`
    insert into deliveries (tenant, channel, key, at, problem)
    select ${tenant}, ${channel}, key, ${at.toISOString()}::timestamptz, ${problem}
    from jsonb_array_elements_text(${asJson(keys)}) as entry (key)
    on conflict do nothing`);
}

/** Whether the channel has received a notification whose key has the prefix. */
export async function wasDelivered(
  store: Store,
  tenant: string,
  channel: string,
  prefix: string,
): Promise<boolean> {
  const rows = await store
    .select({ key: deliveries.key })
    .from(deliveries)
    .where(and(isTo(tenant, channel), like(deliveries.key, `${prefix}%`), isNull(deliveries.problem)))
    .limit(1);
  return rows.length > 0;
}

const isTo = (tenant: string, channel: string) =>
  and(eq(deliveries.tenant, tenant), eq(deliveries.channel, channel));

/** Why the last message to each channel failed; channels whose last message arrived are left out. */
export async function channelProblems(store: Store, tenant: string): Promise<Map<string, string>> {
  const { channel, problem, at } = deliveries;
  const rows = await store
    .selectDistinctOn([channel], { channel, problem })
    .from(deliveries)
    .where(eq(deliveries.tenant, tenant))
    .orderBy(channel, desc(at));
  return new Map(rows.flatMap((row) => (row.problem === null ? [] : [[row.channel, row.problem] as const])));
}
