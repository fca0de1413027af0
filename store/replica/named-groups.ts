/**
 * Which groups the names in the tenant file mean. A name is bound to the group that has it, so that `groupResolver` notices
 * when another group takes the name later.
 */
import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { Group } from '../../domain/people/directory.ts';
import { groupResolver } from '../../domain/people/membership.ts';
import { foldText } from '../../domain/text.ts';
import type { Store } from '../database.ts';
import { markAllDirty } from '../planning/dirty-subjects.ts';
import { directoryGroups, namedGroups } from '../schema/directory-tables.ts';

/** Binds each name that means exactly one group. Drops bindings of names that left the file, and of groups that are gone. */
export async function bindGroupNames(store: Store, tenant: string, names: string[]): Promise<void> {
  const rows = await store
    .select({ name: namedGroups.name, isThere: directoryGroups.id })
    .from(namedGroups)
    .leftJoin(
      directoryGroups,
      and(eq(directoryGroups.tenant, namedGroups.tenant), eq(directoryGroups.id, namedGroups.groupId)),
    )
    .where(eq(namedGroups.tenant, tenant));
  const outdated = rows.filter(({ name, isThere }) => isThere === null || !names.includes(name));
  if (outdated.length > 0) {
    const outdatedNames = outdated.map(({ name }) => name);
    await store
      .delete(namedGroups)
      .where(and(eq(namedGroups.tenant, tenant), inArray(namedGroups.name, outdatedNames)));
    await markAllDirty(store, tenant);
  }
  const bound = new Set(rows.filter((row) => !outdated.includes(row)).map(({ name }) => name));
  const unbound = names.filter((name) => !bound.has(name));
  if (unbound.length === 0) return;
  const resolve = groupResolver(await groupsCalled(store, tenant, unbound));
  const bindings = unbound.flatMap((name) => {
    const resolution = resolve(name);
    return resolution.kind === 'found' ? [{ tenant, name, groupId: resolution.group.id }] : [];
  });
  if (bindings.length === 0) return;
  await store.insert(namedGroups).values(bindings).onConflictDoNothing();
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
