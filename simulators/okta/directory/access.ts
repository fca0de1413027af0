/**
 * What a caller's administrator roles reach (docs/reference/okta.md section 2). A scope alone shows nothing.
 */
import type { CustomPermission, OktaGroup, OktaUser, RoleAssignment } from './objects.ts';
import type { OktaRecords } from './records.ts';

export interface Access {
  sees(user: OktaUser): boolean;
  seesGroup(group: OktaGroup): boolean;
  /** May list groups, apps, the System Log, administrators at all. */
  groups: boolean;
  apps: boolean;
  logs: boolean;
  roles: boolean;
}

export const noAccess: Access = {
  sees: () => false,
  seesGroup: () => false,
  groups: false,
  apps: false,
  logs: false,
  roles: false,
};

const everything = { sees: () => true, seesGroup: () => true };
const readOnly: Access = { ...everything, groups: true, apps: true, logs: true, roles: false };
/** A group administrator does not see the group Everyone (docs/reference/okta-and-sap.md section 1.2). */
const groupAdmin: Access = {
  ...noAccess,
  sees: () => true,
  seesGroup: ({ type }) => type !== 'BUILT_IN',
  groups: true,
};

const standardRoles: Record<string, Access> = {
  SUPER_ADMIN: { ...readOnly, roles: true },
  ORG_ADMIN: readOnly,
  READ_ONLY_ADMIN: readOnly,
  APP_ADMIN: { ...everything, groups: true, apps: true, logs: false, roles: false },
  USER_ADMIN: groupAdmin,
  HELP_DESK_ADMIN: groupAdmin,
  GROUP_MEMBERSHIP_ADMIN: groupAdmin,
  REPORT_ADMIN: { ...noAccess, logs: true },
};

/** Returns the sum of all roles of a user or of the service app. */
export function accessOf(state: OktaRecords, principalId: string): Access {
  const accesses = state.rolesOf(principalId).map((assignment) => accessOfRole(state, assignment));
  const any = (has: (access: Access) => boolean) => accesses.some(has);
  return {
    sees: (user) => any((access) => access.sees(user)),
    seesGroup: (group) => any((access) => access.seesGroup(group)),
    groups: any(({ groups }) => groups),
    apps: any(({ apps }) => apps),
    logs: any(({ logs }) => logs),
    roles: any(({ roles }) => roles),
  };
}

function accessOfRole(state: OktaRecords, { type, roleId, resourceSetId }: RoleAssignment): Access {
  if (type !== 'CUSTOM') return standardRoles[type] ?? noAccess;
  const role = state.customRoles.find(({ id }) => id === roleId);
  const set = state.resourceSets.find(({ id }) => id === resourceSetId);
  const may = (permission: CustomPermission) => role?.permissions.includes(permission) ?? false;
  const { users = 'all', groups = 'all' } = set ?? {};
  const reaches = ({ id }: OktaUser) =>
    users === 'all' || users.some((groupId) => state.groups.get(groupId)?.members.has(id));
  return {
    sees: (user) => may('okta.users.read') && reaches(user),
    seesGroup: ({ id }) => may('okta.groups.read') && (groups === 'all' || groups.includes(id)),
    groups: may('okta.groups.read'),
    apps: may('okta.apps.read'),
    logs: may('okta.users.read') && state.behaviour.customRoleReadsLog,
    roles: may('okta.iam.read'),
  };
}

/** Leaves `percent` of the people and groups, the same ones at each read. */
export const shrunkAccess = (access: Access, percent: number): Access => ({
  ...access,
  sees: (user) => access.sees(user) && share(user.id) < percent,
  seesGroup: (group) => access.seesGroup(group) && share(group.id) < percent,
});

/** Of a hundred: small numbers, since larger ones lose their last digits. */
const share = (id: string) =>
  [...id].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 9_973, 7) % 100;
