/** Subscriptions to the directory's change notifications. */
import { and, eq, inArray } from 'drizzle-orm';
import type { DirectoryStream } from '../../directory/source.ts';
import type { Store } from '../database.ts';
import { subscriptions } from '../schema/directory-tables.ts';

export type SubscriptionRow = typeof subscriptions.$inferSelect;

export async function subscriptionsOf(store: Store, tenant: string): Promise<SubscriptionRow[]> {
  return await store.select().from(subscriptions).where(eq(subscriptions.tenant, tenant));
}

export async function storeSubscription(store: Store, row: SubscriptionRow): Promise<void> {
  await store
    .insert(subscriptions)
    .values(row)
    .onConflictDoUpdate({ target: [subscriptions.tenant, subscriptions.stream], set: row });
}

export async function forgetSubscription(
  store: Store,
  tenant: string,
  stream: DirectoryStream,
): Promise<void> {
  await store
    .delete(subscriptions)
    .where(and(eq(subscriptions.tenant, tenant), eq(subscriptions.stream, stream)));
}

/** Makes these due, because the directory said so. Renewing one that the directory has ended creates a new one. */
export async function subscriptionsAreDue(
  store: Store,
  tenant: string,
  ids: string[],
  now: Date,
): Promise<void> {
  await store
    .update(subscriptions)
    .set({ dueAt: now })
    .where(and(eq(subscriptions.tenant, tenant), inArray(subscriptions.id, ids)));
}
