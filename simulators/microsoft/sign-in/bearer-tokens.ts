/** What the bearer token of a Graph request allows (docs/reference/microsoft-graph.md sections 2.4 and 7). */
import type { SimulatedRequest, SimulatedResponse } from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { neededPermissions } from '../directory/permissions.ts';
import { graphErrorResponse } from '../errors.ts';
import { permissionsOf } from './applications.ts';

/** Returns the refusal of a Graph request without a valid token or without permission, or null. */
export function graphRefusal(
  { clock, tokens, state }: MicrosoftContext,
  request: SimulatedRequest,
): SimulatedResponse | null {
  const now = clock();
  const header = request.headers.get('authorization') ?? '';
  const refuse = (message: string) => graphErrorResponse(now, 401, 'InvalidAuthenticationToken', message);
  if (!header.startsWith('Bearer ')) return refuse('Access token is empty.');
  const content = tokens.readBearer(header.slice('Bearer '.length));
  if (content?.tid !== state.app.tenantId)
    return refuse('Access token validation failure. Invalid signature.');
  if (content.exp * 1000 <= now.getTime()) return refuse('Lifetime validation failed, the token is expired.');
  const granted = permissionsOf(state, content.appid) ?? [];
  const enough = neededPermissions(request);
  if (!enough || enough.some((permission) => granted.includes(permission))) return null;
  const message = 'Insufficient privileges to complete the operation.';
  return graphErrorResponse(now, 403, 'Authorization_RequestDenied', message);
}
