/** The application permissions that a request needs (docs/reference/microsoft-graph.md section 2.4). */
import type { SimulatedRequest } from '../../simulated-response.ts';

/** Permissions that the sandbox's application has at first. */
export const defaultPermissions = [
  'User.Read.All',
  'GroupMember.Read.All',
  'RoleManagement.Read.Directory',
  'Application.Read.All',
];

/** By the first word of the operation. One of the permissions is enough. Other operations need none. */
const needed: Record<string, string[]> = {
  users: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All'],
  groups: ['GroupMember.Read.All', 'Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All'],
  roles: ['RoleManagement.Read.Directory', 'RoleManagement.ReadWrite.Directory', 'Directory.Read.All'],
  servicePrincipals: ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All'],
  applications: ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All'],
};

/** Returns the permissions of which a request needs one; undefined: it needs none. Revocations act at once. */
export const neededPermissions = ({ operation }: SimulatedRequest): string[] | undefined =>
  needed[operation.split('.')[0] ?? ''];
