/** Who is in a group right now, directly: point reads of groups. */
import { z } from 'zod';
import type { GroupMembers } from '../../source.ts';
import { sendAll } from '../graph/batch.ts';
import { type GraphClient, readAnswer } from '../graph/graph-client.ts';
import { type GraphCall, isMissingObject } from '../graph/graph-errors.ts';
import { followPages, nextLink } from '../graph/paging.ts';

const call: GraphCall = { operation: 'GET /groups/{id}/members', permission: 'GroupMember.Read.All' };
const memberPage = z.object({
  value: z.array(z.object({ '@odata.type': z.string().nullish(), id: z.string() })),
  '@odata.nextLink': nextLink,
});

/** Devices, contacts and service principals are members too, of no interest here; an entry without a type is a user. */
export function memberKindOf(type: string | null | undefined): 'user' | 'group' | null {
  switch (type?.toLowerCase()) {
    case undefined:
    case '#microsoft.graph.user':
      return 'user';
    case '#microsoft.graph.group':
      return 'group';
    default:
      return null;
  }
}

/**
 * The direct members of some groups, from the main store; first pages in batches. Groups that the directory does not
 * have are left out. An answer that proves nothing is an error, never "nobody".
 */
export async function directMembers(graph: GraphClient, groupIds: string[]): Promise<GroupMembers[]> {
  const requests = groupIds.map((id) => ({
    url: `/groups/${encodeURIComponent(id)}/members?$select=id&$top=999`,
  }));
  const replies = await sendAll(graph, requests, call);
  const groups: GroupMembers[] = [];
  for (const [index, groupId] of groupIds.entries()) {
    const reply = replies[index];
    if (!reply || isMissingObject(reply)) continue;
    groups.push({ groupId, members: await membersFrom(graph, readAnswer(reply, memberPage, call)) });
  }
  return groups;
}

/** Everybody from the first page on. */
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
