/** The members of groups: all of them, live or not (docs/reference/okta.md section 6). */
import { z } from 'zod';
import { NotFoundError } from '../../../domain/errors.ts';
import { formatCount } from '../../../domain/text.ts';
import { inParallel } from '../../in-parallel.ts';
import { objectId } from '../../odd-records.ts';
import type { GroupMembers } from '../../source.ts';
import type { OktaClient } from '../client/okta-client.ts';
import type { OktaCall } from '../client/okta-errors.ts';
import { followList, type ListPage, pageLimit } from '../client/paging.ts';
import { existingGroups, groupFromList } from './group-lists.ts';
import { countOf } from './group-records.ts';
import type { QueuedGroup } from './places.ts';

const call: OktaCall = { operation: 'GET /groups/{id}/users', scope: 'okta.groups.read' };
const member = z.object({ id: objectId });

/** All members of a group, or why they are not all; null when the group does not exist (any more). */
export interface WholeMembers {
  ids: string[];
  doubt: string | null;
}

const membersPath = (id: string) => `/groups/${encodeURIComponent(id)}/users?limit=${pageLimit}`;

/** The pages of a group's members, from the start or from a page on. */
export const memberPages = (
  okta: OktaClient,
  id: string,
  from: string | null = null,
): AsyncGenerator<ListPage<{ id: string }>, void, undefined> =>
  followList(okta, from ?? membersPath(id), member, call);

/** Reads a group's members until they agree with its own count, twice at most. */
export async function wholeMembers(okta: OktaClient, group: QueuedGroup): Promise<WholeMembers | null> {
  const ids = await memberIds(okta, group.id);
  if (ids === null || ids.length >= (group.count ?? 0)) return ids && { ids, doubt: null };
  // A member may have left since the list was read.
  const count = await countNow(okta, group.id);
  const again = await memberIds(okta, group.id);
  return again && { ids: again, doubt: shortfall(again.length, count) };
}

/** Why the members that were read are not all of the group's; null when they are. */
export const shortfall = (read: number, count: number | null): string | null =>
  count === null || read >= count
    ? null
    : `${formatCount(read, 'member of a group was', 'members of a group were')} read, and Okta counts ${count} in it`;

/** A group's own count of members now; null when it does not say. */
export async function countNow(okta: OktaClient, id: string): Promise<number | null> {
  const group = await groupFromList(okta, id);
  return group && countOf(group);
}

/** The direct members of groups now. Groups that do not exist are left out. */
export async function currentMembers(okta: OktaClient, groupIds: readonly string[]): Promise<GroupMembers[]> {
  const groups = await inParallel(groupIds, async (groupId) => {
    const ids = await memberIds(okta, groupId);
    return ids === null ? [] : [{ groupId, members: ids.map((id) => ({ id, kind: 'user' as const })) }];
  });
  return groups.flat();
}

/** Null when the group does not exist, which Okta has to say itself. */
async function memberIds(okta: OktaClient, id: string): Promise<string[] | null> {
  const ids = new Set<string>();
  try {
    for await (const { items } of memberPages(okta, id)) for (const each of items) ids.add(each.id);
  } catch (error) {
    if (error instanceof NotFoundError && (await existingGroups(okta, [id])).length === 0) return null;
    throw error;
  }
  return [...ids];
}
