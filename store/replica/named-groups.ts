/**
 * Which groups the names in the tenant file mean. A name is bound to the group that has it when it is first found, and keeps
 * its binding through renames and through other groups of that name (docs/reference/rules.md section 2.2).
 */
import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { Group } from '../../domain/people/directory.ts';
import { groupResolver, type ResolveGroup } from '../../domain/people/membership.ts';
import { foldText } from '../../domain/text.ts';
import type { Store } from '../database.ts';
import { directoryGroups, namedGroups } from '../schema/directory-tables.ts';
import { markAllDirty } from './dirty-subjects.ts';
import { loadGroups } from './replica.ts';

/**
 * Binds each name that means exactly one group, and binds a name again when its group is gone and exactly one other has it.
 * Drops bindings of names that left the file. `isComplete`: whether all groups were read; otherwise the group meant may be
 * among those left out, and no name is bound.
 */
export async function bindGroupNames(
  store: Store,
  tenant: string,
  names: string[],
  isComplete = true,
): Promise<void> {
  const rows = await store
    .select({ name: namedGroups.name, groupId: namedGroups.groupId, isThere: directoryGroups.id })
    .from(namedGroups)
    .leftJoin(
      directoryGroups,
      and(eq(directoryGroups.tenant, namedGroups.tenant), eq(directoryGroups.id, namedGroups.groupId)),
    )
    .where(eq(namedGroups.tenant, tenant));
  const wanted = new Set(names.map(foldText));
  const outdated = rows.filter(({ name }) => !wanted.has(foldText(name)));
  if (outdated.length > 0) {
    const outdatedNames = outdated.map(({ name }) => name);
    await store
      .delete(namedGroups)
      .where(and(eq(namedGroups.tenant, tenant), inArray(namedGroups.name, outdatedNames)));
    await markAllDirty(store, tenant);
  }
  if (isComplete) await bindUnbound(store, tenant, names, rows);
}

interface Binding {
  name: string;
  groupId: string;
  /** Null: the group is gone. */
  isThere: string | null;
}

async function bindUnbound(store: Store, tenant: string, names: string[], rows: Binding[]): Promise<void> {
  const bound = new Map(rows.map((row) => [foldText(row.name), row]));
  const open = names.filter((name) => !bound.get(foldText(name))?.isThere);
  if (open.length === 0) return;
  const resolve = groupResolver(await groupsCalled(store, tenant, open));
  const bindings = open.flatMap((name) => {
    const resolution = resolve(name);
    if (resolution.kind !== 'found') return [];
    const former = bound.get(foldText(name));
    return [
      { tenant, name: former?.name ?? name, groupId: resolution.group.id, replaces: former?.groupId ?? null },
    ];
  });
  if (bindings.length === 0) return;
  await store
    .insert(namedGroups)
    .values(bindings)
    .onConflictDoUpdate({
      target: [namedGroups.tenant, namedGroups.name],
      set: { groupId: sql`excluded.group_id`, replaces: sql`excluded.replaces` },
    });
  await markAllDirty(store, tenant);
}

/** Groups that the names may mean. The store filters them, because a name that fits nothing is looked up in each cycle. */
async function groupsCalled(store: Store, tenant: string, names: string[]): Promise<Group[]> {
  const folded = names.map(foldText);
  const name = sql<string>`coalesce(${directoryGroups.facts}->>'name', '')`;
  const fits = or(
    inArray(sql`${directoryGroups.facts} ->> 'folded:name'`, folded),
    inArray(directoryGroups.id, [...folded, ...names]),
  );
  return await store
    .select({ id: directoryGroups.id, name })
    .from(directoryGroups)
    .where(and(eq(directoryGroups.tenant, tenant), fits));
}

/** What some names or object ids mean, as the groups were last read. */
export async function resolveGroups(
  store: Store,
  tenant: string,
  names: readonly string[],
): Promise<ResolveGroup> {
  const called = await groupsCalled(store, tenant, [...names]);
  const bound = await boundGroupsOf(store, tenant);
  const ids = [...called.map(({ id }) => id), ...names.flatMap((name) => bound.get(foldText(name)) ?? [])];
  return groupResolver(await loadGroups(store, tenant, ids));
}

/** Object ids by the folded names of the tenant file that are bound to them. */
export async function boundGroupsOf(store: Store, tenant: string): Promise<Map<string, string>> {
  const rows = await store.select().from(namedGroups).where(eq(namedGroups.tenant, tenant));
  return new Map(rows.map(({ name, groupId }) => [foldText(name), groupId]));
}
