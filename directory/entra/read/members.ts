/** The direct members of groups as of now: point reads of groups. */
import { z } from 'zod';
import type { GroupMembers } from '../../source.ts';
import { sendAll } from '../graph/batch.ts';
import { type GraphClient, readResponse } from '../graph/graph-client.ts';
import { type GraphCall, isMissingObject } from '../graph/graph-errors.ts';
import { followPages, nextLink } from '../graph/paging.ts';
import { memberKindOf } from './delta.ts';

const call: GraphCall = { operation: 'GET /groups/{id}/members', permission: 'GroupMember.Read.All' };
const memberPage = z.object({
  value: z.array(z.object({ '@odata.type': z.string().nullish(), id: z.string() })),
  '@odata.nextLink': nextLink,
});

/**
 * The direct members of groups, from the main store; first pages in batches. Groups that do not exist are left out. A
 * response that proves nothing is an error, never an empty group.
 */
export async function directMembers(graph: GraphClient, groupIds: string[]): Promise<GroupMembers[]> {
  const requests = groupIds.map((id) => ({
    url: `/groups/${encodeURIComponent(id)}/members?$select=id&$top=999`,
  }));
  const responses = await sendAll(graph, requests, call);
  const groups: GroupMembers[] = [];
  for (const [index, groupId] of groupIds.entries()) {
    const response = responses[index];
    if (!response || isMissingObject(response)) continue;
    groups.push({ groupId, members: await membersFrom(graph, readResponse(response, memberPage, call)) });
  }
  return groups;
}

/** docs/reference/microsoft-graph.md section 2.2 */
export const hidingPermission = 'Member.Read.Hidden';

/**
 * Which of the groups show a direct member. Without this permission a group of hidden membership is refused
 * or looks empty (docs/reference/microsoft-graph.md section 2.2).
 */
export async function visibleGroups(graph: GraphClient, groupIds: string[]): Promise<string[]> {
  const requests = groupIds.map((id) => ({
    url: `/groups/${encodeURIComponent(id)}/members?$select=id&$top=1`,
  }));
  const responses = await sendAll(graph, requests, call);
  return groupIds.filter((_, index) => {
    const response = responses[index];
    if (!response || response.status === 403 || isMissingObject(response)) return false;
    return readResponse(response, memberPage, call).value.length > 0;
  });
}

/** All members from the first page on. */
async function membersFrom(
  graph: GraphClient,
  first: z.output<typeof memberPage>,
): Promise<GroupMembers['members']> {
  const pages = [first];
  const next = first['@odata.nextLink'];
  if (next !== undefined) {
    for await (const page of followPages(graph, next, memberPage, call)) pages.push(page);
  }
  return pages.flatMap(({ value }) =>
    value.flatMap(({ id, '@odata.type': type }) => {
      const kind = memberKindOf(type);
      return kind ? [{ id, kind }] : [];
    }),
  );
}
