/**
 * What names in the tenant file stand for. A name is bound to the group that has it, so that another group which takes
 * the name later is seen for what it is (`groupResolver`).
 */
import { and, eq, notInArray, or, sql } from 'drizzle-orm';
import { groupResolver } from '../domain/membership.ts';
import type { Store } from './database.ts';
import { loadGroups } from './replica.ts';
import { directoryGroups, namedGroups } from './schema-directory.ts';

/** Binds those of the names that stand for one group; forgets names that the file has no more, and groups that are gone. */
export async function bindGroupNames(store: Store, tenant: string, names: string[]): Promise<void> {
  const exists = sql`exists (select from ${directoryGroups} where ${directoryGroups.tenant} = ${namedGroups.tenant}
    and ${directoryGroups.id} = ${namedGroups.groupId})`;
  await store
    .delete(namedGroups)
    .where(and(eq(namedGroups.tenant, tenant), or(notInArray(namedGroups.name, names), sql`not ${exists}`)));
  const rows = await store
    .select({ name: namedGroups.name })
    .from(namedGroups)
    .where(eq(namedGroups.tenant, tenant));
  const bound = new Set(rows.map(({ name }) => name));
  const unbound = names.filter((name) => !bound.has(name));
  if (unbound.length === 0) return;
  const resolve = groupResolver(await loadGroups(store, tenant));
  const bindings = unbound.flatMap((name) => {
    const resolution = resolve(name);
    return resolution.kind === 'found' ? [{ tenant, name, groupId: resolution.group.id }] : [];
  });
  if (bindings.length > 0) await store.insert(namedGroups).values(bindings).onConflictDoNothing();
}
