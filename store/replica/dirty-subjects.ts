/**
 * The dirty set: the people, users and teams that the next plan has to look at. Each write that a plan depends on marks the
 * subjects that it concerns. A write that concerns no single subject marks everything, so that the next plan is whole.
 */
import { and, eq, lte, type SQL, sql } from 'drizzle-orm';
import type { NeedsReplan } from '../../domain/plan/unplanned-context.ts';
import { asJson, type Store } from '../database.ts';
import { type DirtyKind, dirtySubjects } from '../schema/planning-tables.ts';
import { tenants } from '../schema/tenant-tables.ts';

/** A larger dirty set makes a whole plan: a partial plan of that size costs as much. */
export const dirtyMax = 20_000;

export interface DirtySubjects {
  people: string[];
  users: number[];
  sources: string[];
  /** Those of `sources` of which the last plan holds or reports something. */
  reportedSources: string[];
  /** The highest id of the set so far. */
  lastId: number;
}

/** Marks everything dirty: the next cycle plans the whole tenant. */
export async function markAllDirty(store: Store, tenant: string): Promise<void> {
  await markDirty(store, tenant, 'everything', ['']);
}

/**
 * Marks subjects dirty: the next cycle plans them and all that is related to them. One statement, so that no plan sees the
 * new revision without them.
 */
export async function markDirty(
  store: Store,
  tenant: string,
  kind: DirtyKind,
  keys: string[],
): Promise<void> {
  await store.execute(sql`
    with tenant_row as (update tenants set plan_revision = plan_revision + 1 where tenant = ${tenant} returning tenant)
    insert into dirty_subjects (tenant, kind, key)
    select tenant_row.tenant, ${kind}, key from tenant_row, jsonb_array_elements_text(${asJson(keys)}) as key`);
}

/** Makes the next cycle plan again: a decision was made, a change was applied, or seats were bought. */
export async function requestReplan(store: Store, tenant: string): Promise<void> {
  await store
    .update(tenants)
    .set({ planRevision: sql`${tenants.planRevision} + 1` })
    .where(eq(tenants.tenant, tenant));
}

/** Adds to the dirty set without requesting a plan: the end of a cycle with changes requests one. */
export async function addToDirtySet(
  store: Store,
  tenant: string,
  kind: DirtyKind,
  keys: string[],
): Promise<void> {
  if (keys.length === 0) return;
  await store.execute(sql`
    insert into dirty_subjects (tenant, kind, key)
    select ${tenant}, ${kind}, jsonb_array_elements_text(${asJson(keys)})`);
}

/** Runs a statement that returns `kind` and `key` of what it wrote, and adds these to the dirty set. Returns the number of rows. */
export async function markReturnedDirty(store: Store, tenant: string, statement: SQL): Promise<number> {
  const { rowCount } = await store.execute(sql`
    with written as (${statement}) insert into dirty_subjects (tenant, kind, key) select ${tenant}, kind, key from written`);
  return rowCount ?? 0;
}

/** The dirty set; null when everything is dirty. */
export async function loadDirtySubjects(store: Store, tenant: string): Promise<DirtySubjects | null> {
  await awaitWriters(store, tenant);
  const rows = await store
    .select()
    .from(dirtySubjects)
    .where(eq(dirtySubjects.tenant, tenant))
    .limit(dirtyMax + 1);
  if (rows.length > dirtyMax || rows.some(({ kind }) => kind === 'everything')) return null;
  const keysOf = (wanted: DirtyKind) => [
    ...new Set(rows.filter(({ kind }) => kind === wanted).map(({ key }) => key)),
  ];
  const reportedSources = keysOf('reportedTeam');
  return {
    people: keysOf('person'),
    users: keysOf('user').map(Number),
    sources: [...new Set([...keysOf('team'), ...reportedSources])],
    reportedSources,
    lastId: rows.reduce((last, { id }) => Math.max(last, id), 0),
  };
}

export async function lastDirtyId(store: Store, tenant: string): Promise<number> {
  await awaitWriters(store, tenant);
  const { rows } = await store.execute<{ last: string | null }>(
    sql`select max(id) as last from dirty_subjects where tenant = ${tenant}`,
  );
  return Number(rows[0]?.last ?? 0);
}

/** Waits for writers that have taken an id, so that no lower id commits after those that were read. */
async function awaitWriters(store: Store, tenant: string): Promise<void> {
  await store
    .select({ tenant: tenants.tenant })
    .from(tenants)
    .where(eq(tenants.tenant, tenant))
    .for('update');
}

/** After a plan: what it looked at is clean, and what has to be planned again is dirty. */
export async function storeNeedsReplan(
  store: Store,
  tenant: string,
  lastId: number,
  { people, users, sources, appliedSources }: NeedsReplan & { appliedSources: ReadonlySet<string> },
): Promise<void> {
  await store
    .delete(dirtySubjects)
    .where(and(eq(dirtySubjects.tenant, tenant), lte(dirtySubjects.id, lastId)));
  if (people.size + users.size + sources.size + appliedSources.size > dirtyMax) {
    await addToDirtySet(store, tenant, 'everything', ['']);
    return;
  }
  await addToDirtySet(store, tenant, 'person', [...people]);
  await addToDirtySet(store, tenant, 'user', [...users].map(String));
  await addToDirtySet(store, tenant, 'reportedTeam', [...sources]);
  await addToDirtySet(store, tenant, 'team', [...appliedSources]);
}
