import { z } from 'zod';
import type { GraphClient } from '../graph/graph-client.ts';
import type { GraphCall } from '../graph/graph-errors.ts';
import { listAll } from '../graph/paging.ts';

export const appAssignmentsCall: GraphCall = {
  operation: 'GET /servicePrincipals(appId)/appRoleAssignedTo',
  permission: 'Application.Read.All',
};

const assignment = z.object({
  principalId: z.string(),
  principalType: z.string(),
  deletedDateTime: z.string().nullish(),
});

export const appAssignmentsUrl = (clientId: string) =>
  `/servicePrincipals(appId='${encodeURIComponent(clientId)}')/appRoleAssignedTo`;

/**
 * Object ids of the users and groups that are assigned to the enterprise application of `clientId`, each once.
 * Assignments have no delta (docs/reference/microsoft-graph.md section 2.3).
 */
export async function listAppAssignments(graph: GraphClient, clientId: string): Promise<string[]> {
  const assignments = await listAll(graph, appAssignmentsUrl(clientId), assignment, appAssignmentsCall);
  const ids = assignments
    .filter((each) => !each.deletedDateTime && ['user', 'group'].includes(each.principalType.toLowerCase()))
    .map((each) => each.principalId);
  return [...new Set(ids)].toSorted();
}
