import { z } from 'zod';
import type { PrivilegedPerson } from '../../../domain/people/directory.ts';
import { sendAll } from '../graph/batch.ts';
import { type GraphClient, readResponse } from '../graph/graph-client.ts';
import { type GraphCall, isMissingObject } from '../graph/graph-errors.ts';
import { listAll } from '../graph/paging.ts';
import { directMembers } from './members.ts';
import { privilegedRoles } from './privileged-roles.ts';

export const roleAssignmentsUrl = '/roleManagement/directory/roleAssignments?$expand=roleDefinition';
export const assignmentsCall: GraphCall = {
  operation: 'GET /roleManagement/directory/roleAssignments',
  permission: 'RoleManagement.Read.Directory',
};
const userCall: GraphCall = { operation: 'GET /users/{id}', permission: 'User.Read.All' };

const roleAssignment = z.object({
  principalId: z.string(),
  roleDefinitionId: z.string(),
  roleDefinition: z.object({ templateId: z.string().nullish(), displayName: z.string().nullish() }).nullish(),
});

/**
 * All holders of a privileged role, for the whole tenant or an administrative unit, directly or as a member of a group,
 * with the names of the roles. Roles that a person may activate but has not (PIM) are not included
 * (docs/reference/microsoft-graph.md section 9).
 */
export async function listPrivileged(graph: GraphClient): Promise<PrivilegedPerson[]> {
  const rolesOfPrincipal = await readAssignments(graph);
  const rolesOfPerson = new Map<string, Set<string>>();
  for (const { principalId, personIds } of await peopleOf(graph, [...rolesOfPrincipal.keys()])) {
    for (const personId of personIds) {
      const roles = rolesOfPerson.get(personId) ?? new Set();
      for (const role of rolesOfPrincipal.get(principalId) ?? []) roles.add(role);
      rolesOfPerson.set(personId, roles);
    }
  }
  return [...rolesOfPerson]
    .map(([personId, roles]) => ({ personId, roles: [...roles].toSorted() }))
    .toSorted((one, other) => (one.personId < other.personId ? -1 : 1));
}

/** Names of privileged roles by the principal that holds them: a user, a group or a service principal. */
async function readAssignments(graph: GraphClient): Promise<Map<string, Set<string>>> {
  const rolesOf = new Map<string, Set<string>>();
  for (const assignment of await listAll(graph, roleAssignmentsUrl, roleAssignment, assignmentsCall)) {
    const name = privilegedName(assignment);
    if (!name) continue;
    rolesOf.set(assignment.principalId, (rolesOf.get(assignment.principalId) ?? new Set()).add(name));
  }
  return rolesOf;
}

/** By template id, which is the same in every tenant. The definition of a built-in role has it as its own id. */
function privilegedName({
  roleDefinitionId,
  roleDefinition,
}: z.infer<typeof roleAssignment>): string | undefined {
  const ids = [roleDefinitionId, roleDefinition?.templateId];
  return privilegedRoles.find(
    (role) => ids.includes(role.templateId) || role.name === roleDefinition?.displayName,
  )?.name;
}

interface Principal {
  principalId: string;
  personIds: string[];
}

/**
 * The people of each principal: the user itself, a group's direct members (role-assignable groups cannot be nested,
 * docs/reference/microsoft-graph.md section 9), none for a service principal. An assignment does not say of which kind
 * its principal is.
 */
async function peopleOf(graph: GraphClient, principalIds: string[]): Promise<Principal[]> {
  const urls = (path: (id: string) => string, ids: string[]) =>
    ids.map((id) => ({ url: path(encodeURIComponent(id)) }));
  const asUsers = await sendAll(
    graph,
    urls((id) => `/users/${id}?$select=id`, principalIds),
    userCall,
  );
  const others = principalIds.filter((_, index) => {
    const response = asUsers[index];
    if (!response || isMissingObject(response)) return true;
    readResponse(response, z.object({ id: z.string() }), userCall);
    return false;
  });
  const users = principalIds.filter((id) => !others.includes(id));
  const groups = (await directMembers(graph, others)).map(({ groupId, members }) => ({
    principalId: groupId,
    personIds: members.filter(({ kind }) => kind === 'user').map(({ id }) => id),
  }));
  return [...users.map((id) => ({ principalId: id, personIds: [id] })), ...groups];
}
