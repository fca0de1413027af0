/**
 * Whom the next plan has to look at. Whoever writes something that a plan depends on says whom it concerns; what no
 * writer can say of one person or team concerns everything, so that the next plan is made of the whole tenant.
 */
import { and, eq, lte, type SQL, sql } from 'drizzle-orm';
import type { NeedsReplan } from '../../domain/plan/unplanned-context.ts';
import { asJson, type Store } from '../database.ts';
import { type DirtyKind, dirtySubjects } from '../schema/planning-tables.ts';
import { tenants } from '../schema/tenant-tables.ts';

/** More than this is planned as a whole: a part of that size costs as much. */
export const dirtyMax = 20_000;

export interface DirtySubjects {
  people: string[];
  users: number[];
  sources: string[];
  /** No note so far has a higher number. */
  lastId: number;
}

/** Notes that something has changed that concerns everything: the next cycle plans the whole tenant. */
export async function markAllDirty(store: Store, tenant: string): Promise<void> {
  await markDirty(store, tenant, 'everything', ['']);
}

/**
 * Notes that these have changed: the next cycle plans them, and whoever has something to do with them. One statement, so
 * that no plan sees the reason to plan without the note.
 */
export async function markDirty(
  store: Store,
  tenant: string,
  kind: DirtyKind,
  keys: string[],
): Promise<void> {
  await store.execute(sql`
    with again as (update tenants set plan_revision = plan_revision + 1 where tenant = ${tenant} returning tenant)
    insert into dirty_subjects (tenant, kind, key)
    select again.tenant, ${kind}, key from again, jsonb_array_elements_text(${asJson(keys)}) as key`);
}

/** Lets the next cycle plan whom the last plan left unsettled: a decision was made, a change applied, seats were bought. */
export async function requestReplan(store: Store, tenant: string): Promise<void> {
  await store
    .update(tenants)
    .set({ planRevision: sql`${tenants.planRevision} + 1` })
    .where(eq(tenants.tenant, tenant));
}

/** Notes what the next plan has to look at, without a reason to plan: for the changes of a cycle, whose end is one. */
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

/** Runs a statement whose `returning` answers `kind` and `key` of what it touched, and notes them. Answers how many rows. */
export async function markReturnedDirty(store: Store, tenant: string, statement: SQL): Promise<number> {
  const { rowCount } = await store.execute(sql`
    with moved as (${statement}) insert into dirty_subjects (tenant, kind, key) select ${tenant}, kind, key from moved`);
  return rowCount ?? 0;
}

/** Whom the next plan has to look at; null when that is everything. */
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
  return {
    people: keysOf('person'),
    users: keysOf('user').map(Number),
    sources: keysOf('team'),
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

/** Whoever has taken a number is let finish, so that no note with a lower number turns up after those that were seen. */
async function awaitWriters(store: Store, tenant: string): Promise<void> {
  await store
    .select({ tenant: tenants.tenant })
    .from(tenants)
    .where(eq(tenants.tenant, tenant))
    .for('update');
}

/** After a plan: what it looked at is no longer touched, and what it left unsettled stays so. */
export async function storeNeedsReplan(
  store: Store,
  tenant: string,
  lastId: number,
  { people, users, sources }: NeedsReplan,
): Promise<void> {
  await store
    .delete(dirtySubjects)
    .where(and(eq(dirtySubjects.tenant, tenant), lte(dirtySubjects.id, lastId)));
  if (people.size + users.size + sources.size > dirtyMax) {
    await addToDirtySet(store, tenant, 'everything', ['']);
    return;
  }
  await addToDirtySet(store, tenant, 'person', [...people]);
  await addToDirtySet(store, tenant, 'user', [...users].map(String));
  await addToDirtySet(store, tenant, 'team', [...sources]);
}
