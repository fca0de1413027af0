/**
 * Which groups in use hide their members, and whether the application sees them (docs/reference/rules.md section 1.3).
 *
 * A hidden group looks like an empty one. A group that shows members now may have hidden them when the replica was read, so
 * it counts only once the groups were read whole while it showed them: until then the next read is a whole one.
 */
import { and, eq, sql } from 'drizzle-orm';
import type { Store } from '../database.ts';
import { directoryCursors, directoryExtras, directoryGroups } from '../schema/directory-tables.ts';
import { markAllDirty } from './dirty-subjects.ts';

/** Object ids. */
export interface GroupSight {
  /** Hiding groups that were read whole while the application saw their members. */
  seen: string[];
  /** Groups in use with members, or members of a group below, that the application may not see. */
  hidden: string[];
}

export async function groupSightOf(store: Store, tenant: string): Promise<GroupSight> {
  const [row] = await store
    .select({ seen: directoryExtras.seenGroups, hidden: directoryExtras.hiddenGroups })
    .from(directoryExtras)
    .where(eq(directoryExtras.tenant, tenant));
  return row ?? { seen: [], hidden: [] };
}

export async function storeGroupSight(store: Store, tenant: string, sight: GroupSight): Promise<void> {
  const before = await groupSightOf(store, tenant);
  if (JSON.stringify(before) === JSON.stringify(sight)) return;
  await store
    .update(directoryExtras)
    .set({ seenGroups: sight.seen, hiddenGroups: sight.hidden })
    .where(eq(directoryExtras.tenant, tenant));
  await markAllDirty(store, tenant);
}

/** Makes the next cycle read the groups whole: a cursor of another scope is not followed. */
export async function requestWholeRead(store: Store, tenant: string): Promise<void> {
  await store
    .update(directoryCursors)
    .set({ scope: '' })
    .where(and(eq(directoryCursors.tenant, tenant), eq(directoryCursors.stream, 'groups')));
}

/** Object ids of the groups that hide their members from applications without a permission of their own. */
export async function hidingGroups(store: Store, tenant: string): Promise<string[]> {
  const hides = sql`${directoryGroups.facts} ->> 'hidesMembers' = 'true'`;
  const rows = await store
    .select({ id: directoryGroups.id })
    .from(directoryGroups)
    .where(and(eq(directoryGroups.tenant, tenant), hides))
    .orderBy(directoryGroups.id);
  return rows.map(({ id }) => id);
}

/** Object ids of groups that are members of a group and that no read has listed. A deleted group may be one for a while. */
export async function unlistedGroups(store: Store, tenant: string): Promise<string[]> {
  const { rows } = await store.execute<{ id: string }>(sql`
    select distinct member_id as id from directory_memberships member
    where tenant = ${tenant} and member_kind = 'group' and not exists (
      select from directory_groups known where known.tenant = member.tenant and known.id = member.member_id)
    order by 1`);
  return rows.map(({ id }) => id);
}
