/** Memberships of the replica, or those of some people or groups. */
import { and, eq, or, type SQL } from 'drizzle-orm';
import type { Membership } from '../../domain/people/directory.ts';
import { isOneOf, type Store } from '../database.ts';
import { directoryMemberships } from '../schema/directory-tables.ts';

export async function selectMemberships(
  store: Store,
  tenant: string,
  which: SQL | undefined,
): Promise<Membership[]> {
  const { groupId, memberId, memberKind } = directoryMemberships;
  return await store
    .select({ groupId, memberId, memberKind })
    .from(directoryMemberships)
    .where(and(eq(directoryMemberships.tenant, tenant), which));
}

/** Memberships of these people, and those of groups in groups. */
export async function membershipsOfPeople(
  store: Store,
  tenant: string,
  personIds: string[],
): Promise<Membership[]> {
  const { memberId, memberKind } = directoryMemberships;
  const theirs = and(eq(memberKind, 'user'), isOneOf(memberId, personIds));
  return await selectMemberships(store, tenant, or(eq(memberKind, 'group'), theirs));
}

/** Memberships of groups in groups. */
export const groupsInGroups = (store: Store, tenant: string): Promise<Membership[]> =>
  selectMemberships(store, tenant, eq(directoryMemberships.memberKind, 'group'));
