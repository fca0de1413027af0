/** Users and groups as SCIM resources, in the order of keys that SAP sends (docs/reference/sap.md sections 2, 4 and 6). */
import { isRecord } from '../../simulated-response.ts';
import type { SapEmail, SapGroup, SapObject, SapUser } from './records.ts';
import { urns } from './schemas.ts';
import type { SapState } from './state.ts';

export type ScimResource = Record<string, unknown>;

export interface Showing {
  state: SapState;
  /** `https://host` of the tenant. */
  origin: string;
  /** Lists add the number of groups to a user's `meta`. */
  inList: boolean;
  /** Returns whether a policy hides a user from the system. */
  isHidden(user: SapUser): boolean;
}

export const locationOf = (origin: string, { kind, id }: SapObject): string =>
  `${origin}/scim/${kind === 'user' ? 'Users' : 'Groups'}/${id}`;

/** Returns an object as a response shows it. */
export const showObject = (object: SapObject, showing: Showing): ScimResource =>
  object.kind === 'user' ? showUser(object, showing) : showGroup(object, showing);

function showUser(user: SapUser, showing: Showing): ScimResource {
  const { state, inList } = showing;
  const { userName, name, displayName, ...others } = user.attributes;
  const groupIds = state.groupIdsOf(user.id);
  const shownName = displayName ?? (state.behaviour.noDisplayName === 'None' ? 'None' : undefined);
  const emails = user.emails.map(({ verified: _, ...email }) => email);
  const groups = groupIds.slice(0, state.behaviour.userGroupsMax).map((id) => groupOfUser(id, showing));
  return {
    id: user.id,
    meta: { ...meta(user, 'User', showing), ...(inList ? { 'groups.cnt': groupIds.length } : {}) },
    schemas: schemasOf(urns.user, user.attributes),
    userName,
    ...(name === undefined ? {} : { name }),
    ...(shownName === undefined ? {} : { displayName: shownName }),
    ...core(others),
    active: user.status === 'active',
    ...(emails.length === 0 ? {} : { emails }),
    ...(groups.length === 0 ? {} : { groups }),
    ...extensions(others, state, (urn, content) => shownExtension(user, urn, content, showing)),
  };
}

function groupOfUser(id: string, { state, origin }: Showing) {
  const group = state.get(id);
  return {
    value: id,
    display: group?.attributes.displayName,
    $ref: `${origin}/scim/Groups/${id}`,
  };
}

function showGroup(group: SapGroup, showing: Showing): ScimResource {
  const { state } = showing;
  const { displayName, ...others } = group.attributes;
  const members = [...group.members]
    .sort()
    .flatMap((id) => memberEntry(id, showing))
    .slice(0, state.behaviour.membersMax);
  return {
    id: group.id,
    meta: meta(group, 'Group', showing),
    schemas: schemasOf(urns.group, group.attributes),
    displayName,
    ...core(others),
    ...(members.length === 0 ? {} : { members }),
    ...extensions(others, state, (_, content) => content),
  };
}

function memberEntry(id: string, { state, origin, isHidden }: Showing) {
  const member = state.get(id);
  const isLeftOut =
    member?.kind === 'user' && state.behaviour.hiddenMembers === 'left out' && isHidden(member);
  if (!member || isLeftOut) return [];
  const type = member.kind === 'user' ? 'User' : 'Group';
  const types = state.behaviour.memberTypes === 'shown' ? { type } : {};
  return [{ value: id, $ref: locationOf(origin, member), ...types }];
}

/** The groups in a group, as the `children` of SAP's extension. Their form was seen nowhere. */
export const showChildren = (group: SapGroup, { state, origin }: Showing): ScimResource => ({
  schemas: schemasOf(urns.group, { ...group.attributes, [urns.sapGroup]: {} }),
  id: group.id,
  [urns.sapGroup]: {
    children: [...group.members].sort().flatMap((value) => {
      const child = state.get(value);
      if (child?.kind !== 'group') return [];
      return [{ value, display: child.attributes.displayName, $ref: locationOf(origin, child) }];
    }),
  },
});

function meta(object: SapObject, resourceType: 'User' | 'Group', { state, origin }: Showing) {
  const { created, lastModified, version } = object;
  return {
    created,
    lastModified,
    location: locationOf(origin, object),
    resourceType,
    ...(state.behaviour.versions === 'absent' ? {} : { version }),
  };
}

const isExtension = (name: string) => name.startsWith('urn:');

const schemasOf = (core: string, attributes: Record<string, unknown>): string[] => [
  core,
  ...schemaOrder.filter((urn) => urn in attributes),
  ...Object.keys(attributes).filter((name) => isExtension(name) && !schemaOrder.includes(name)),
];
const schemaOrder: string[] = [
  urns.enterpriseUser,
  urns.sapUser,
  urns.customUser,
  urns.customGroup,
  urns.sapGroup,
  urns.authorizationGroup,
];

const core = (attributes: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !isExtension(name)));

const extensions = (
  attributes: Record<string, unknown>,
  { behaviour }: SapState,
  show: (urn: string, content: Record<string, unknown>) => Record<string, unknown>,
) =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, content]) =>
      isExtension(name) && isRecord(content)
        ? [[behaviour.extensionNames === 'small letters' ? name.toLowerCase() : name, show(name, content)]]
        : [],
    ),
  );

function shownExtension(
  user: SapUser,
  urn: string,
  content: Record<string, unknown>,
  showing: Showing,
): Record<string, unknown> {
  if (urn === urns.sapUser) return sapExtension(user, content, showing);
  if (urn !== urns.enterpriseUser || !isRecord(content.manager)) return content;
  const manager = showing.state.get(String(content.manager.value));
  if (manager?.kind !== 'user') return content;
  const displayName = manager.attributes.displayName;
  const $ref = locationOf(showing.origin, manager);
  return {
    ...content,
    manager: { value: manager.id, ...(displayName === undefined ? {} : { displayName }), $ref },
  };
}

function sapExtension(user: SapUser, content: Record<string, unknown>, { state }: Showing) {
  const { validFrom, validTo, ...others } = content;
  const date = (value: unknown) =>
    state.behaviour.dates === 'date-time' && String(value).length === 10 ? `${value}T00:00:00Z` : value;
  const verifiedFirst = ({ verified, ...email }: SapEmail) => ({ verified, ...email });
  const primary = user.emails.find((email) => email.primary);
  return {
    ...(user.emails.length === 0 ? {} : { emails: user.emails.map(verifiedFirst) }),
    ...(validFrom === undefined ? {} : { validFrom: date(validFrom) }),
    ...(validTo === undefined ? {} : { validTo: date(validTo) }),
    ...others,
    ...(primary === undefined ? {} : { mailVerified: primary.verified }),
    status: user.status,
  };
}
