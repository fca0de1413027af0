/** Notifications that were sent: one row for each key and channel, so that none is sent twice. */
import { and, desc, eq, isNull, like, sql } from 'drizzle-orm';
import { groupBy } from '../../domain/group-by.ts';
import { asJson, isOneOf, type Store } from '../database.ts';
import { deliveries } from '../schema/notification-tables.ts';

/** Of these keys those whose notifications were sent to a channel, or given up, by channel. */
export async function deliveredKeys(
  store: Store,
  tenant: string,
  keys: readonly string[],
): Promise<Map<string, Set<string>>> {
  const rows = await store
    .select({ channel: deliveries.channel, key: deliveries.key })
    .from(deliveries)
    .where(and(eq(deliveries.tenant, tenant), isOneOf(deliveries.key, keys)));
  const byChannel = groupBy(rows, ({ channel }) => channel);
  return new Map(
    [...byChannel].map(([channel, delivered]) => [channel, new Set(delivered.map(({ key }) => key))]),
  );
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

/** The channels that have received a notification whose key has the prefix. */
export async function channelsThatGot(store: Store, tenant: string, prefix: string): Promise<Set<string>> {
  const rows = await store
    .selectDistinct({ channel: deliveries.channel })
    .from(deliveries)
    .where(
      and(...[eq(deliveries.tenant, tenant), like(deliveries.key, `${prefix}%`)], isNull(deliveries.problem)),
    );
  return new Set(rows.map(({ channel }) => channel));
}

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
