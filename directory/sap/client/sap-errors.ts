import {
  ConsentNeededError,
  ContractError,
  NotFoundError,
  PermissionError,
  type SyncError,
  ThrottledError,
  TransientError,
} from '../../../domain/errors.ts';
import { retryAfterMsOf } from '../../../http/retry-after.ts';
import { isScimError, type ScimResponse } from '../../scim/scim-response.ts';

/** What the system may do (docs/reference/sap.md section 8). */
export type SapAuthorization = 'Read Users' | 'Manage Groups';

export const authorizationRemedy = (authorizations: readonly SapAuthorization[]): string =>
  `Give the system ${authorizations.join(' and ')} in the administration console of SAP, under Administrators.`;

/** A refusal lasts a minute (docs/reference/okta-and-sap.md section 2.7), and asking on may prolong it. */
const unknownWaitMs = 60_000;

/** How long to wait after a 429. */
export const throttledMs = (headers: Headers): number => retryAfterMsOf(headers) ?? unknownWaitMs;

/** Whether SAP itself says that the object does not exist. */
export const isMissing = (response: ScimResponse): boolean => isScimError(response, 404);

/**
 * Turns an unsuccessful response into one of our errors. It decides by status and by the form of the body, never by SAP's text,
 * and shows neither text nor body. `operation` has placeholders for ids: `GET /Users/{id}`.
 */
export function sapErrorOf(response: ScimResponse, operation: string): SyncError {
  const { status, headers } = response;
  const requestId = /^[\w-]{1,64}$/.exec(headers.get('x-ids-id') ?? '')?.[0];
  const message = `${operation}: SAP answered ${status}${requestId ? ` (request ${requestId})` : ''}.`;
  if (status === 429) return new ThrottledError(message, { retryAfterMs: throttledMs(headers) });
  if (status === 401) return new ConsentNeededError(message, { remedy: 'Check source.credential.' });
  if (status === 403)
    return new PermissionError(message, { remedy: authorizationRemedy([neededFor(operation)]) });
  // An error page of a proxy or gateway proves nothing about the tenant, whatever its status.
  if (!isScimError(response, status) || status >= 500 || status === 408)
    return new TransientError(message, { status });
  return status === 404 ? new NotFoundError(message) : new ContractError(message);
}

const neededFor = (operation: string): SapAuthorization =>
  operation.includes('/Groups') ? 'Manage Groups' : 'Read Users';
