import { z } from 'zod';
import { sendAll } from '../graph/batch.ts';
import { type GraphClient, type GraphRequest, readResponse } from '../graph/graph-client.ts';
import { errorCodes, type GraphCall, type GraphResponse, isUnknownCall } from '../graph/graph-errors.ts';
import { followPages, nextLink } from '../graph/paging.ts';

/** Groups in one call, at most (directoryObject: checkMemberGroups, Microsoft Graph v1.0 reference). */
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
 * Which of the groups each person is in now, nested membership included, by person id. The service answers from the
 * main store, not from the index that lags (docs/reference/microsoft-graph.md section 12, trap 12).
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

/** Null when the service cannot check these people and groups: then the members have to be listed. */
async function checkedGroups(
  graph: GraphClient,
  people: Map<string, string[]>,
  groupIds: string[],
): Promise<Map<string, string[]> | null> {
  const checks = [...people.keys()].flatMap((personId) =>
    inParts(groupIds).map((part) => ({ personId, request: checkRequest(personId, part) })),
  );
  const responses = await sendAll(
    graph,
    checks.map((check) => check.request),
    checkCall,
  );
  if (responses.some(cannotCheck)) return null;
  const found = new Map(people);
  for (const [index, { personId }] of checks.entries()) {
    const response = responses[index];
    if (!response) continue;
    const { value } = readResponse(response, groupIdList, checkCall);
    found.set(personId, [...(found.get(personId) ?? []), ...value]);
  }
  return found;
}

/**
 * A deleted group or an invalid id makes the whole call fail, with 400 or 404. Listing needs only the permission to
 * read groups, so it is what reports a missing one.
 */
function cannotCheck(response: GraphResponse): boolean {
  return isUnknownCall(response) || response.status === 400 || response.status === 403;
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

/** Ids of all members of a group, nested groups included. A deleted group has none. */
async function membersOf(graph: GraphClient, groupId: string): Promise<string[]> {
  const url = `/groups/${encodeURIComponent(groupId)}/transitiveMembers?$select=id&$top=999`;
  const first = await graph.send({ url }, membersCall);
  // Exactly this code: a service without this call answers 404 too, and that is not an empty group.
  if (first.status === 404 && errorCodes(first).includes('Request_ResourceNotFound')) return [];
  const page = readResponse(first, memberPage, membersCall);
  const ids = page.value.map((member) => member.id);
  const next = page['@odata.nextLink'];
  if (next === undefined) return ids;
  for await (const { value } of followPages(graph, next, memberPage, membersCall)) {
    ids.push(...value.map((member) => member.id));
  }
  return ids;
}
