import { z } from 'zod';
import { PermissionError } from '../../../domain/errors.ts';
import type { Person } from '../../../domain/people/directory.ts';
import type { PersonFact, ReadPlan } from '../../source.ts';
import { sendAll } from '../graph/batch.ts';
import { type GraphClient, type GraphRequest, readResponse } from '../graph/graph-client.ts';
import { type GraphCall, type GraphResponse, isMissingObject } from '../graph/graph-errors.ts';
import { groupsOf } from './memberships.ts';
import { entraPerson, graphUser, isWithoutData } from './people.ts';
import { personSelect } from './properties.ts';

const call: GraphCall = { operation: 'GET /users/{id}', permission: 'User.Read.All' };
const groupCall: GraphCall = { operation: 'GET /groups/{id}', permission: 'GroupMember.Read.All' };
const anyGroup = z.object({ id: z.string() });

/**
 * Reads people one by one, and which of the groups the live ones are in: the fact behind a removal
 * (docs/reference/rules.md section 1.5). A response that proves nothing is an error, never "gone".
 */
export async function confirmPeople(
  graph: GraphClient,
  personIds: string[],
  groupIds: string[],
  plan: ReadPlan,
): Promise<PersonFact[]> {
  const responses = await sendAll(
    graph,
    personIds.map((id) => personRequest(id, plan)),
    call,
  );
  const people = responses.map((response) => personIn(response, plan));
  const live = people.flatMap((person) => (person ? [person.id] : []));
  const groups = await groupsOf(graph, live, groupIds);
  return personIds.map((personId, index) => {
    const person = people[index] ?? null;
    return { personId, person, groupIds: person ? (groups.get(person.id) ?? []) : [] };
  });
}

/** Which of the groups exist now. A response that proves nothing is an error, never "gone". */
export async function existingGroups(graph: GraphClient, groupIds: string[]): Promise<string[]> {
  const requests = groupIds.map((id) => ({ url: `/groups/${encodeURIComponent(id)}?$select=id` }));
  const responses = await sendAll(graph, requests, groupCall);
  const found = responses.filter((response) => !isMissingObject(response));
  return found.map((response) => readResponse(response, anyGroup, groupCall).id);
}

function personRequest(id: string, plan: ReadPlan): GraphRequest {
  const select = [...personSelect(plan), 'deletedDateTime'].join(',');
  const expand = plan.managers ? '&$expand=manager' : '';
  return { url: `/users/${encodeURIComponent(id)}?$select=${select}${expand}` };
}

/** Null when the service says that the person does not exist or is deleted. */
function personIn(response: GraphResponse, plan: ReadPlan): Person | null {
  if (isMissingObject(response)) return null;
  const user = readResponse(response, graphUser, call);
  if (user.deletedDateTime) return null;
  if (isWithoutData(user, 'whole')) {
    throw new PermissionError(`${call.operation}: Microsoft Graph answered without any names.`, {
      remedy: `Grant the application permission ${call.permission} and have an administrator consent to it.`,
    });
  }
  return entraPerson(user, plan);
}
