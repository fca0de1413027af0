/** The application permissions that a request needs (docs/reference/microsoft-graph.md section 2.4). */
import type { SimulatedRequest, SimulatedResponse } from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { graphErrorResponse } from '../errors.ts';

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

/** Returns the refusal of a request that the application has no permission for, or null. Revocations act at once. */
export function permissionRefusal(
  { state, clock }: MicrosoftContext,
  { operation }: SimulatedRequest,
): SimulatedResponse | null {
  const enough = needed[operation.split('.')[0] ?? ''];
  if (!enough || enough.some((permission) => state.app.permissions.includes(permission))) return null;
  const message = 'Insufficient privileges to complete the operation.';
  return graphErrorResponse(clock(), 403, 'Authorization_RequestDenied', message);
}
