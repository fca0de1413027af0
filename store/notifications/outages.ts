/** Outages: times without a good cycle of a tenant. */
import { desc, eq } from 'drizzle-orm';
import type { Outage } from '../../domain/notifications/outage.ts';
import type { Store } from '../database.ts';
import { outages } from '../schema/notification-tables.ts';

/** The tenant's newest outage, ended or not; null when there was none. */
export async function lastOutage(store: Store, tenant: string): Promise<Outage | null> {
  const [row] = await store
    .select()
    .from(outages)
    .where(eq(outages.tenant, tenant))
    .orderBy(desc(outages.number))
    .limit(1);
  return row ?? null;
}

export async function storeOutage(store: Store, tenant: string, outage: Outage): Promise<void> {
  const row = { tenant, ...outage };
  await store
    .insert(outages)
    .values(row)
    .onConflictDoUpdate({ target: [outages.tenant, outages.number], set: row });
}
