/** Who holds an administrator role, directly or through a group (docs/reference/okta.md section 2). */
import { z } from 'zod';
import type { PrivilegedPerson } from '../../../domain/people/directory.ts';
import { inParallel } from '../../in-parallel.ts';
import { objectId } from '../../odd-records.ts';
import { followLinks } from '../../paging.ts';
import { type OktaClient, readOkta } from '../client/okta-client.ts';
import { isMissing, type OktaCall } from '../client/okta-errors.ts';
import { followList } from '../client/paging.ts';
import { allGroupsPath, groupsCall } from './group-lists.ts';
import { hasRoleHint, oktaGroup } from './group-records.ts';
import { currentMembers } from './members.ts';

const rolesRemedy =
  'Have a super administrator give the service app a second role, a custom one with only the permission okta.iam.read on all Identity and Access Management resources. Or set safety.sensitive.directoryRoles to false, and name the administrators under safety.sensitive.groups or safety.sensitive.emails.';
const scope = 'okta.roles.read';

export const assigneesCall: OktaCall = {
  operation: 'GET /iam/assignees/users',
  scope,
  roleRemedy: rolesRemedy,
};
const userRolesCall: OktaCall = { operation: 'GET /users/{id}/roles', scope, roleRemedy: rolesRemedy };
const groupRolesCall: OktaCall = { operation: 'GET /groups/{id}/roles', scope, roleRemedy: rolesRemedy };

/** It pages in the body. */
const assigneePage = z.object({
  value: z.array(z.object({ id: objectId })),
  _links: z.looseObject({ next: z.looseObject({ href: z.string() }).nullish() }).nullish(),
});

const role = z.looseObject({ label: z.string().max(1_000).nullish(), type: z.string().nullish() });
type Role = z.output<typeof role>;

export interface Administrators {
  people: PrivilegedPerson[];
  /** Object ids of the groups whose members hold a role. */
  groups: string[];
}

/**
 * All holders of an administrator role, with the names of the roles. The list of assignees may leave out those who have a role
 * through a group only, so the groups with a role are asked for their members.
 */
export async function listAdministrators(okta: OktaClient): Promise<Administrators> {
  const rolesOf = new Map<string, Set<string>>();
  const add = (personId: string, names: readonly string[]) => {
    rolesOf.set(personId, new Set([...(rolesOf.get(personId) ?? []), ...names]));
  };
  const assignees = await listAssignees(okta);
  const direct = await inParallel(assignees, (id) =>
    roleNames(okta, `/users/${encodeURIComponent(id)}/roles`, userRolesCall),
  );
  // A person who is listed counts, even if their roles are gone by now.
  for (const [index, personId] of assignees.entries()) add(personId, direct[index] ?? []);
  const groups = await groupsWithRole(okta);
  for (const { groupId, names } of groups) {
    const [group] = await currentMembers(okta, [groupId]);
    for (const { id } of group?.members ?? []) add(id, names);
  }
  const people = [...rolesOf]
    .map(([personId, names]) => ({ personId, roles: [...names].toSorted() }))
    .toSorted((one, other) => (one.personId < other.personId ? -1 : 1));
  return { people, groups: groups.map(({ groupId }) => groupId) };
}

async function listAssignees(okta: OktaClient): Promise<string[]> {
  const ids = new Set<string>();
  const pages = followLinks('/iam/assignees/users?limit=100', {
    operation: assigneesCall.operation,
    fetch: (path) => okta.get(path, assigneePage, assigneesCall),
    nextOf: ({ _links }) => (_links?.next ? okta.pathOf(_links.next.href, assigneesCall) : undefined),
  });
  for await (const { value } of pages) for (const { id } of value) ids.add(id);
  return [...ids];
}

/** The flag in the list is a hint: a group without it is asked. */
async function groupsWithRole(okta: OktaClient): Promise<{ groupId: string; names: string[] }[]> {
  const asked: string[] = [];
  for await (const { items } of followList(okta, allGroupsPath, oktaGroup, groupsCall)) {
    asked.push(...items.filter((group) => hasRoleHint(group) !== false).map(({ id }) => id));
  }
  const names = await inParallel(asked, (id) =>
    roleNames(okta, `/groups/${encodeURIComponent(id)}/roles`, groupRolesCall),
  );
  return asked.flatMap((groupId, index) => {
    const ofGroup = names[index] ?? [];
    return ofGroup.length > 0 ? [{ groupId, names: ofGroup }] : [];
  });
}

const someRole = 'an administrator role';

/** Names of the roles of a person or a group; none when it does not exist (any more). */
async function roleNames(okta: OktaClient, path: string, call: OktaCall): Promise<string[]> {
  const response = await okta.send(path, call);
  return isMissing(response) ? [] : readOkta(response, z.array(role), call).map(nameOf);
}

const nameOf = ({ label, type }: Role): string => label || type || someRole;
