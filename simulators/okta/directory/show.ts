/** Users, groups, assignments, roles and events in the form of the API (docs/reference/okta-and-sap.md section 1.6). */
import { createHash } from 'node:crypto';
import type { AppAssignment, GroupRule, OktaGroup, OktaUser, RoleAssignment } from './objects.ts';
import type { OktaRecords } from './records.ts';

type Shown = Record<string, unknown>;

/** Links begin with `https://…/api/v1`. */
const href = (base: string, path: string) => ({ href: `${base}${path}` });

/** Returns a user as in lists. */
export function showUser({ isDeleting: _, ...user }: OktaUser, base: string): Shown {
  return {
    ...user,
    type: { id: 'oty9eQIwLTawVifwDrZq' },
    credentials: { password: {}, provider: { type: 'OKTA', name: 'OKTA' } },
    _links: { self: href(base, `/users/${user.id}`) },
  };
}

/** Returns a user as read by id: with links to what can be done. */
export function showSingleUser(user: OktaUser, base: string): Shown {
  const self = `/users/${user.id}`;
  const post = (verb: string) => ({ ...href(base, `${self}/lifecycle/${verb}`), method: 'POST' });
  const links: Partial<Record<OktaUser['status'], Shown>> = {
    DEPROVISIONED: { activate: post('activate'), delete: { ...href(base, self), method: 'DELETE' } },
    SUSPENDED: { unsuspend: post('unsuspend') },
  };
  const usual = {
    suspend: post('suspend'),
    deactivate: post('deactivate'),
    schema: href(base, `/meta/schemas/user/osc${user.id.slice(3)}`),
    type: href(base, '/meta/types/user/oty9eQIwLTawVifwDrZq'),
  };
  return { ...showUser(user, base), _links: { self: href(base, self), ...(links[user.status] ?? usual) } };
}

/** The app that brings groups of the type APP_GROUP: the domain controller. */
const importingApp = '0oa9XwYg4Sq4vYTyOr0N';

/** Returns a group; `stats` are those of `expand=stats`. */
export function showGroup(group: OktaGroup, base: string, stats?: Shown): Shown {
  const { members: _, type, ...shown } = group;
  const logo = type === 'APP_GROUP' ? 'active_directory' : 'okta';
  const image = (name: string) => ({
    name,
    ...href('https://op1static.example', `/img/${logo}-${name}.png`),
    type: 'image/png',
  });
  const self = `/groups/${group.id}`;
  return {
    ...shown,
    objectClass: [type === 'APP_GROUP' ? 'okta:windows_security_principal' : 'okta:user_group'],
    type,
    ...(stats ? { _embedded: { stats } } : {}),
    _links: {
      logo: [image('medium'), image('large')],
      ...(type === 'APP_GROUP' ? { source: href(base, `/apps/${importingApp}`) } : {}),
      users: href(base, `${self}/users`),
      apps: href(base, `${self}/apps`),
    },
  };
}

/** Returns the statistics of a group: a count of all its members, and whether it has a role. */
export function groupStats(state: OktaRecords, { id, members }: OktaGroup): Shown {
  const { countsDeactivated, adminFlag } = state.behaviour;
  const live = () =>
    members.values().filter((member) => state.users.get(member.id)?.status !== 'DEPROVISIONED').length;
  const isAdmin = state.roleAssignments.some(({ principalId }) => principalId === id);
  const flags = adminFlag === 'both' ? (['hasAdminPrivilege', 'hasAdminPrivlege'] as const) : [adminFlag];
  return {
    usersCount: countsDeactivated ? members.size : live(),
    appsCount: state.app.groups.has(id) ? 1 : 0,
    groupPushMappingsCount: 0,
    ...Object.fromEntries(flags.filter((flag) => flag !== 'nothing').map((flag) => [flag, isAdmin])),
    _links: {},
  };
}

export const showRule = ({ attribute, value, groupIds, ...rule }: GroupRule): Shown => ({
  type: 'group_rule',
  ...rule,
  conditions: {
    people: { users: { exclude: [] }, groups: { exclude: [] } },
    expression: { value: `user.${attribute}=="${value}"`, type: 'urn:okta:expression:1.0' },
  },
  actions: { assignUserToGroups: { groupIds } },
});

/** Returns the assignment of a person to the app, by itself or by a group. */
export function showAppUser(
  user: OktaUser,
  { created }: AppAssignment,
  scope: 'USER' | 'GROUP',
  app: string,
  base: string,
): Shown {
  return {
    id: user.id,
    created,
    lastUpdated: created,
    scope,
    status: user.status === 'SUSPENDED' ? 'SUSPENDED' : 'ACTIVE',
    statusChanged: created,
    passwordChanged: null,
    syncState: 'DISABLED',
    credentials: { userName: user.profile.login },
    profile: {},
    _links: { app: href(base, app), user: href(base, `/users/${user.id}`) },
  };
}

export const showAppGroup = (
  { id, created }: AppAssignment,
  priority: number,
  app: string,
  base: string,
): Shown => ({
  id,
  priority,
  lastUpdated: created,
  profile: {},
  _links: {
    app: href(base, app),
    group: href(base, `/groups/${id}`),
    self: href(base, `${app}/groups/${id}`),
  },
});

/** Returns a role of a user or of a group; a group's role has another id than the user's own. */
export function showRole(state: OktaRecords, assignment: RoleAssignment, base: string): Shown {
  const { id, principalId, type, created, roleId, resourceSetId } = assignment;
  const isGroup = state.groups.has(principalId);
  const custom = state.customRoles.find((role) => role.id === roleId);
  return {
    id: isGroup ? id.replace(/^ra1/, 'gra') : id,
    label: custom?.label ?? roleLabels[type] ?? type,
    type,
    status: 'ACTIVE',
    created,
    lastUpdated: created,
    assignmentType: isGroup ? 'GROUP' : 'USER',
    ...(custom ? { role: custom.id, 'resource-set': resourceSetId } : {}),
    _links: {
      assignee: href(base, `/${isGroup ? 'groups' : 'users'}/${principalId}`),
      ...(custom
        ? {
            role: href(base, `/iam/roles/${custom.id}`),
            'resource-set': href(base, `/iam/resource-sets/${resourceSetId}`),
          }
        : {}),
    },
  };
}

/** Labels of standard roles as in Okta's console. */
export const roleLabels: Record<string, string> = {
  SUPER_ADMIN: 'Super Administrator',
  ORG_ADMIN: 'Organization Administrator',
  READ_ONLY_ADMIN: 'Read-only Administrator',
  APP_ADMIN: 'Application Administrator',
  USER_ADMIN: 'Group Administrator',
  HELP_DESK_ADMIN: 'Help Desk Administrator',
  GROUP_MEMBERSHIP_ADMIN: 'Group Membership Administrator',
  REPORT_ADMIN: 'Report Administrator',
};

/** The entity tag of a single object. */
export const etagOf = (shown: unknown): string =>
  `W/"${createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 16)}"`;
