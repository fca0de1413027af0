/**
 * What names in the tenant file stand for. A name is bound to the group that has it, so that another group which takes
 * the name later is seen for what it is (`groupResolver`).
 */
import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { Group } from '../../domain/people/directory.ts';
import { groupResolver } from '../../domain/people/membership.ts';
import { foldText } from '../../domain/text.ts';
import type { Store } from '../database.ts';
import { markAllDirty } from '../planning/dirty-subjects.ts';
import { directoryGroups, namedGroups } from '../schema/directory-tables.ts';

/** Binds those of the names that stand for one group; forgets names that the file has no more, and groups that are gone. */
export async function bindGroupNames(store: Store, tenant: string, names: string[]): Promise<void> {
  const rows = await store
    .select({ name: namedGroups.name, isThere: directoryGroups.id })
    .from(namedGroups)
    .leftJoin(
      directoryGroups,
      and(eq(directoryGroups.tenant, namedGroups.tenant), eq(directoryGroups.id, namedGroups.groupId)),
    )
    .where(eq(namedGroups.tenant, tenant));
  const over = rows.filter(({ name, isThere }) => isThere === null || !names.includes(name));
  if (over.length > 0) {
    const overNames = over.map(({ name }) => name);
    await store
      .delete(namedGroups)
      .where(and(eq(namedGroups.tenant, tenant), inArray(namedGroups.name, overNames)));
    await markAllDirty(store, tenant);
  }
  const bound = new Set(rows.filter((row) => !over.includes(row)).map(({ name }) => name));
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

/** Groups that the names may stand for. Picked by the store, since a name that fits nothing is looked for in each cycle. */
async function groupsCalled(store: Store, tenant: string, names: string[]): Promise<Group[]> {
  const folded = names.map(foldText);
  const name = sql<string>`coalesce(${directoryGroups.facts}->>'name', '')`;
  const fits = or(inArray(sql`lower(btrim(${name}))`, folded), inArray(directoryGroups.id, folded));
  return await store
    .select({ id: directoryGroups.id, name })
    .from(directoryGroups)
    .where(and(eq(directoryGroups.tenant, tenant), fits));
}
