/** The objects of an Okta org as they are stored (docs/reference/okta-and-sap.md section 1.6). */
import { createHash, randomBytes } from 'node:crypto';
import type { OrderedItems } from './ordered-items.ts';

/** All statuses of users (docs/reference/okta-and-sap.md section 1.5). */
export const userStatuses = [
  'STAGED',
  'PROVISIONED',
  'ACTIVE',
  'RECOVERY',
  'PASSWORD_EXPIRED',
  'LOCKED_OUT',
  'SUSPENDED',
  'DEPROVISIONED',
] as const;
export type UserStatus = (typeof userStatuses)[number];

export interface OktaUser {
  id: string;
  status: UserStatus;
  created: string;
  activated: string | null;
  statusChanged: string | null;
  lastLogin: string | null;
  lastUpdated: string;
  passwordChanged: string | null;
  /** Standard and custom attributes. */
  profile: Record<string, unknown>;
  /** Deletion has begun and is not yet completed. */
  isDeleting?: true;
}

export const groupTypes = ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'] as const;
export type GroupType = (typeof groupTypes)[number];

export interface GroupMember {
  id: string;
  /** The rule that made the membership. Okta shows nothing of it. */
  rule?: string;
}

export interface OktaGroup {
  id: string;
  type: GroupType;
  created: string;
  lastUpdated: string;
  lastMembershipUpdated: string;
  profile: { name: string; description?: string } & Record<string, unknown>;
  members: OrderedItems<GroupMember>;
}

/** Puts people whose attribute has a value into groups. */
export interface GroupRule {
  id: string;
  name: string;
  status: 'ACTIVE' | 'INACTIVE' | 'INVALID';
  created: string;
  lastUpdated: string;
  attribute: string;
  value: string;
  groupIds: string[];
}

/** An assignment of a user or a group to the app that people sign in to. */
export interface AppAssignment {
  id: string;
  created: string;
}

export interface OktaApp {
  id: string;
  label: string;
  created: string;
  users: OrderedItems<AppAssignment>;
  groups: OrderedItems<AppAssignment>;
}

/** Permissions of a custom role that the simulator knows. */
export const customPermissions = [
  'okta.users.read',
  'okta.groups.read',
  'okta.apps.read',
  'okta.iam.read',
] as const;
export type CustomPermission = (typeof customPermissions)[number];

export interface CustomRole {
  id: string;
  label: string;
  permissions: CustomPermission[];
}

/** What a custom role reaches. */
export interface ResourceSet {
  id: string;
  label: string;
  /** All people, or those in these groups. */
  users: 'all' | string[];
  groups: 'all' | string[];
}

/** An administrator role of a user, of a group, or of the service app. */
export interface RoleAssignment {
  id: string;
  principalId: string;
  type: string;
  created: string;
  /** For `CUSTOM`. */
  roleId?: string;
  resourceSetId?: string;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const idLength = 20;

/** Returns an id with Okta's prefix: the same one for the same name, a new one without a name. */
export function oktaId(prefix: string, name?: string): string {
  const bytes =
    name === undefined
      ? randomBytes(32)
      : createHash('sha256')
          .update(prefix + name)
          .digest();
  const text = [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('');
  return prefix + text.slice(0, idLength - prefix.length);
}
