/** What was told to whom: one row a matter and channel, so that nothing is told twice. */
import { and, desc, eq, isNull, like, sql } from 'drizzle-orm';
import { asJson, isOneOf, type Store } from '../database.ts';
import { deliveries } from '../schema/notification-tables.ts';

/** Those of the matters that the channel was told, or that were given up for it. */
export async function deliveredKeys(
  store: Store,
  tenant: string,
  channel: string,
  matters: string[],
): Promise<Set<string>> {
  const rows = await store
    .select({ matter: deliveries.matter })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.tenant, tenant),
        eq(deliveries.channel, channel),
        isOneOf(deliveries.matter, matters),
      ),
    );
  return new Set(rows.map(({ matter }) => matter));
}

/** Notes matters as told, or with a `problem` as given up. What was noted before stays as it is. */
export async function recordDeliveries(
  store: Store,
  { tenant, channel, at, problem }: { tenant: string; channel: string; at: Date; problem: string | null },
  matters: string[],
): Promise<void> {
  await store.execute(sql`
    insert into notices (tenant, channel, matter, at, problem)
    select ${tenant}, ${channel}, matter, ${at.toISOString()}::timestamptz, ${problem}
    from jsonb_array_elements_text(${asJson(matters)}) as entry (matter)
    on conflict do nothing`);
}

/** Whether a channel was told any matter whose key begins so. */
export async function wasDelivered(
  store: Store,
  tenant: string,
  channel: string,
  beginning: string,
): Promise<boolean> {
  const rows = await store
    .select({ matter: deliveries.matter })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.tenant, tenant),
        eq(deliveries.channel, channel),
        like(deliveries.matter, `${beginning}%`),
        isNull(deliveries.problem),
      ),
    )
    .limit(1);
  return rows.length > 0;
}

/** Why the last message to each channel could not be delivered; channels whose last message was are left out. */
export async function channelProblems(store: Store, tenant: string): Promise<Map<string, string>> {
  const { channel, problem, at } = deliveries;
  const rows = await store
    .selectDistinctOn([channel], { channel, problem })
    .from(deliveries)
    .where(eq(deliveries.tenant, tenant))
    .orderBy(channel, desc(at));
  return new Map(rows.flatMap((row) => (row.problem === null ? [] : [[row.channel, row.problem] as const])));
}
