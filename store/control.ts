/** What operators have told a tenant to do: pause, undo, stop, and reading everything. Each order is in the journal too. */
import { eq, max, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { OrderChannel, TenantControl } from '../domain/contract/control.ts';
import type { Database, Store } from './database.ts';
import { type JournalEvent, journalEvent } from './journal/journal.ts';
import { bindPreview, dropPreview } from './preview/seen-preview.ts';
import { cycles } from './schema/planning-tables.ts';
import { tenants } from './schema/tenant-tables.ts';

/** An order, as the journal records it. */
export type ControlOrder = Pick<JournalEvent, 'id' | 'at' | 'reason'> &
  (
    | { kind: 'paused' | 'resumed' | 'stopped'; by: string | null; channel?: OrderChannel }
    | { kind: 'undone'; by: string; channel?: OrderChannel; undoes: number }
  );

const atWork: TenantControl = { paused: null, undoing: null, stopped: false };

export async function controlOf(store: Store, tenant: string): Promise<TenantControl> {
  const [row] = await store
    .select({
      pausedAt: tenants.pausedAt,
      pausedBy: tenants.pausedBy,
      pausedByUndoOf: tenants.pausedByUndoOf,
      undoing: tenants.undoing,
      stoppedAt: tenants.stoppedAt,
    })
    .from(tenants)
    .where(eq(tenants.tenant, tenant));
  if (!row) return atWork;
  const { pausedAt, pausedBy, pausedByUndoOf, undoing, stoppedAt } = row;
  const paused = pausedAt && { since: pausedAt.toISOString(), undoes: pausedByUndoOf, by: pausedBy };
  return { paused, undoing, stopped: stoppedAt !== null };
}

/** Stores an order together with its entry in the journal. Returns what holds then. */
export async function storeOrder(
  database: Database,
  tenant: string,
  order: ControlOrder,
): Promise<TenantControl> {
  return await database.transaction(async (store) => {
    // A loop that was started by hand may have no tenant file yet.
    await store.insert(tenants).values({ tenant, configurationVersion: 0 }).onConflictDoNothing();
    const before = await controlOf(store, tenant);
    await store.update(tenants).set(effectOf(order)).where(eq(tenants.tenant, tenant));
    await heedPreview(store, tenant, order, before);
    const control = await controlOf(store, tenant);
    const { kind, id, at, reason, by, channel } = order;
    const after = {
      ...(kind === 'undone' && { undoes: order.undoes }),
      ...(by && { by }),
      ...(channel && { channel }),
    };
    await journalEvent(store, tenant, { kind, id, at, reason, after });
    return control;
  });
}

/** A pause begins with nothing seen. `resume` binds to what was seen since. */
async function heedPreview(
  store: Store,
  tenant: string,
  { kind, at }: ControlOrder,
  { paused }: TenantControl,
): Promise<void> {
  if (kind === 'paused' && paused === null) await dropPreview(store, tenant);
  if (kind === 'undone') await dropPreview(store, tenant);
  if (kind === 'resumed' && paused !== null) await bindPreview(store, tenant, at);
}

/** A second pause changes nothing: the first one tells since when, and by whom. */
function effectOf(order: ControlOrder): PgUpdateSetSource<typeof tenants> {
  const { at, by } = order;
  switch (order.kind) {
    case 'paused':
      return {
        pausedBy: sql`case when paused_at is null then ${by} else paused_by end`,
        pausedAt: sql`coalesce(paused_at, ${at.toISOString()}::timestamptz)`,
      };
    case 'resumed':
      return { pausedAt: null, pausedBy: null, pausedByUndoOf: null, undoing: null };
    case 'stopped':
      return { stoppedAt: at };
    case 'undone':
      return { pausedAt: at, pausedBy: by, pausedByUndoOf: order.undoes, undoing: order.undoes };
  }
}

/** Lets a stopped tenant run again; a paused one stays paused. */
export async function startAgain(store: Store, tenant: string, at: Date): Promise<void> {
  const [stopped] = await store
    .select({ at: tenants.stoppedAt })
    .from(tenants)
    .where(eq(tenants.tenant, tenant));
  if (!stopped?.at) return;
  await store.update(tenants).set({ stoppedAt: null }).where(eq(tenants.tenant, tenant));
  const id = stopped.at.toISOString();
  await journalEvent(store, tenant, { kind: 'started', id, at, reason: `stopped since ${id}` });
}

/** Ends the undo of a cycle: nothing of it is left. The pause stays. */
export async function endUndo(store: Store, tenant: string, undoes: number): Promise<void> {
  await store
    .update(tenants)
    .set({ undoing: null })
    .where(sql`${tenants.tenant} = ${tenant} and ${tenants.undoing} = ${undoes}`);
}

/**
 * Has a later cycle read everything. Only a full read that was completed serves the request. Returns the number of the last
 * cycle that was opened before: a later one may know of the request, and the first one that does reads everything.
 */
export async function requestFullRead(store: Store, tenant: string): Promise<number> {
  const [last] = await store
    .select({ number: max(cycles.number) })
    .from(cycles)
    .where(eq(cycles.tenant, tenant));
  await store
    .update(tenants)
    .set({ fullReadsRequested: sql`${tenants.fullReadsRequested} + 1` })
    .where(eq(tenants.tenant, tenant));
  return last?.number ?? 0;
}

/** A cycle has read everything, for all who asked before it was opened. */
export async function fullReadCompleted(store: Store, tenant: string, cycle: number): Promise<void> {
  const requested = sql`(
    select ${cycles.fullReadsRequested} from ${cycles} where ${cycles.tenant} = ${tenant} and ${cycles.number} = ${cycle})`;
  await store
    .update(tenants)
    .set({ fullReadsServed: sql`greatest(${tenants.fullReadsServed}, ${requested})` })
    .where(eq(tenants.tenant, tenant));
}
