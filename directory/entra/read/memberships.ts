import { z } from 'zod';
import { sendAll } from '../graph/batch.ts';
import { type GraphClient, type GraphRequest, readAnswer } from '../graph/graph-client.ts';
import { errorCodes, type GraphCall, type GraphReply, isUnknownCall } from '../graph/graph-errors.ts';
import { followPages, nextLink } from '../graph/paging.ts';

/** At most so many groups in one call (directoryObject: checkMemberGroups, Microsoft Graph v1.0 reference). */
const groupsPerCheck = 20;

const checkCall: GraphCall = {
  operation: 'POST /users/{id}/checkMemberGroups',
  permission: 'User.Read.All and GroupMember.Read.All',
};
const membersCall: GraphCall = {
  operation: 'GET /groups/{id}/transitiveMembers',
  permission: 'GroupMember.Read.All',
};

const groupIdList = z.object({ value: z.array(z.string()) });
const memberPage = z.object({
  value: z.array(z.object({ id: z.string() })),
  '@odata.nextLink': nextLink,
});

/**
 * Which of the groups each person is in right now, nested membership included, by person id. Served from the main
 * store, not from the lagging index (docs/reference/microsoft-graph.md section 12, trap 12).
 */
export async function groupsOf(
  graph: GraphClient,
  personIds: string[],
  groupIds: string[],
): Promise<Map<string, string[]>> {
  const memberships = new Map<string, string[]>(personIds.map((personId) => [personId, []]));
  if (personIds.length === 0 || groupIds.length === 0) return memberships;
  return (
    (await checkedGroups(graph, memberships, groupIds)) ?? (await listedGroups(graph, memberships, groupIds))
  );
}

/** Null: the service cannot answer this call for these people and groups, so that the members have to be listed. */
async function checkedGroups(
  graph: GraphClient,
  people: Map<string, string[]>,
  groupIds: string[],
): Promise<Map<string, string[]> | null> {
  const checks = [...people.keys()].flatMap((personId) =>
    inParts(groupIds).map((part) => ({ personId, request: checkRequest(personId, part) })),
  );
  const replies = await sendAll(
    graph,
    checks.map((check) => check.request),
    checkCall,
  );
  if (replies.some(cannotCheck)) return null;
  const found = new Map(people);
  for (const [index, { personId }] of checks.entries()) {
    const reply = replies[index];
    if (!reply) continue;
    const { value } = readAnswer(reply, groupIdList, checkCall);
    found.set(personId, [...(found.get(personId) ?? []), ...value]);
  }
  return found;
}

/**
 * A group that is gone or an id that is none makes the whole call fail, with 400 or 404. Listing needs no more than
 * reading groups does, so that a refusal is left to it.
 */
function cannotCheck(reply: GraphReply): boolean {
  return isUnknownCall(reply) || reply.status === 400 || reply.status === 403;
}

function checkRequest(personId: string, groupIds: string[]): GraphRequest {
  return { url: `/users/${encodeURIComponent(personId)}/checkMemberGroups`, body: { groupIds } };
}

function inParts(groupIds: string[]): string[][] {
  const count = Math.ceil(groupIds.length / groupsPerCheck);
  return Array.from({ length: count }, (_, part) =>
    groupIds.slice(part * groupsPerCheck, (part + 1) * groupsPerCheck),
  );
}

async function listedGroups(
  graph: GraphClient,
  people: Map<string, string[]>,
  groupIds: string[],
): Promise<Map<string, string[]>> {
  const found = new Map(people);
  for (const groupId of groupIds) {
    for (const memberId of await membersOf(graph, groupId)) {
      const groups = found.get(memberId);
      if (groups) found.set(memberId, [...groups, groupId]);
    }
  }
  return found;
}

/** Ids of everybody in a group and below it. A group that is gone has nobody. */
async function membersOf(graph: GraphClient, groupId: string): Promise<string[]> {
  const url = `/groups/${encodeURIComponent(groupId)}/transitiveMembers?$select=id&$top=999`;
  const first = await graph.send({ url }, membersCall);
  // Taken literally: a service that lacks the call answers 404 as well, and that is not an empty group.
  if (first.status === 404 && errorCodes(first).includes('Request_ResourceNotFound')) return [];
  const page = readAnswer(first, memberPage, membersCall);
  const ids = page.value.map((member) => member.id);
  const next = page['@odata.nextLink'];
  if (next === undefined) return ids;
  for await (const { value } of followPages(graph, next, memberPage, membersCall)) {
    ids.push(...value.map((member) => member.id));
  }
  return ids;
}
