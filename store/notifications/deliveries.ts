/** What was told to whom: one row a matter and channel, so that nothing is told twice. */
import { and, desc, eq, isNull, like, sql } from 'drizzle-orm';
import { asJson, isOneOf, type Store } from '../database.ts';
import { notices } from '../schema/notification-tables.ts';

/** Those of the matters that the channel was told, or that were given up for it. */
export async function noted(
  store: Store,
  tenant: string,
  channel: string,
  matters: string[],
): Promise<Set<string>> {
  const rows = await store
    .select({ matter: notices.matter })
    .from(notices)
    .where(and(eq(notices.tenant, tenant), eq(notices.channel, channel), isOneOf(notices.matter, matters)));
  return new Set(rows.map(({ matter }) => matter));
}

/** Notes matters as told, or with a `problem` as given up. What was noted before stays as it is. */
export async function note(
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
export async function wasTold(
  store: Store,
  tenant: string,
  channel: string,
  beginning: string,
): Promise<boolean> {
  const rows = await store
    .select({ matter: notices.matter })
    .from(notices)
    .where(
      and(
        eq(notices.tenant, tenant),
        eq(notices.channel, channel),
        like(notices.matter, `${beginning}%`),
        isNull(notices.problem),
      ),
    )
    .limit(1);
  return rows.length > 0;
}

/** Why the last message to each channel could not be delivered; channels whose last message was are left out. */
export async function channelProblems(store: Store, tenant: string): Promise<Map<string, string>> {
  const { channel, problem, at } = notices;
  const rows = await store
    .selectDistinctOn([channel], { channel, problem })
    .from(notices)
    .where(eq(notices.tenant, tenant))
    .orderBy(channel, desc(at));
  return new Map(rows.flatMap((row) => (row.problem === null ? [] : [[row.channel, row.problem] as const])));
}
