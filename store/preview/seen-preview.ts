/**
 * What an operator has seen before `resume`. The cycle after it holds what differs, so that nothing happens unseen. A
 * preview counts when the tenant was paused or new, and the file that it was made with is in force at the `resume`.
 */
import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { SeenPreview } from '../../domain/contract/preview.ts';
import type { Store } from '../database.ts';
import { configurations, previewedChanges, previews } from '../schema/tenant-tables.ts';
import type { StoredPlan } from './preview-rows.ts';

/** Keeps what a preview shows as to be applied, now or after a wait, in place of the preview before it. */
export async function keepPreview(
  store: Store,
  tenant: string,
  { file, now, plan }: { file: unknown; now: Date; plan: StoredPlan },
): Promise<void> {
  await dropPreview(store, tenant);
  await store.insert(previews).values({ tenant, madeAt: now, file });
  await store.execute(sql`
    insert into previewed_changes (tenant, fingerprint) select distinct ${tenant}, fingerprint from changes
    where tenant = ${plan.tenant} and cycle = ${plan.cycle} and status not in ('held', 'refused')`);
}

/** Forgets a preview: a pause begins, or another preview takes its place. */
export async function dropPreview(store: Store, tenant: string): Promise<void> {
  await store.delete(previews).where(eq(previews.tenant, tenant));
  await store.delete(previewedChanges).where(eq(previewedChanges.tenant, tenant));
}

/** Forgets the preview that cycles are bound to: one of them was carried through. */
export async function dropBoundPreview(store: Store, tenant: string): Promise<void> {
  if (await isBound(store, tenant)) await dropPreview(store, tenant);
}

async function isBound(store: Store, tenant: string): Promise<boolean> {
  return (await store.$count(previews, and(eq(previews.tenant, tenant), isNotNull(previews.boundAt)))) > 0;
}

/** Binds the next cycle to the preview of the file in force, and forgets one of another file. */
export async function bindPreview(store: Store, tenant: string, at: Date): Promise<void> {
  if ((await seenPreview(store, tenant)) === null) await dropPreview(store, tenant);
  else await store.update(previews).set({ boundAt: at }).where(eq(previews.tenant, tenant));
}

/** The preview that a `resume` would go by; null when there is none of the file in force. */
export async function seenPreview(store: Store, tenant: string): Promise<SeenPreview | null> {
  const inForce = store
    .select({ file: configurations.file })
    .from(configurations)
    .where(eq(configurations.tenant, tenant))
    .orderBy(desc(configurations.version))
    .limit(1);
  const [row] = await store
    .select({ madeAt: previews.madeAt })
    .from(previews)
    .where(and(eq(previews.tenant, tenant), sql`${previews.file} = (${inForce})`));
  if (!row) return null;
  const changes = await store.$count(previewedChanges, eq(previewedChanges.tenant, tenant));
  return { madeAt: row.madeAt.toISOString(), changes };
}

/** The fingerprints that the tenant's cycles are bound to; null when they are bound to none. */
export async function boundPreview(store: Store, tenant: string): Promise<ReadonlySet<string> | null> {
  if (!(await isBound(store, tenant))) return null;
  const rows = await store
    .select({ fingerprint: previewedChanges.fingerprint })
    .from(previewedChanges)
    .where(eq(previewedChanges.tenant, tenant));
  return new Set(rows.map(({ fingerprint }) => fingerprint));
}
