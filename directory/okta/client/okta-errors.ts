import { z } from 'zod';
import {
  ConsentNeededError,
  ContractError,
  NotFoundError,
  PermissionError,
  type SyncError,
  ThrottledError,
  TransientError,
} from '../../../domain/errors.ts';
import { throttledMs } from '../http/rate-headers.ts';
import { type OktaScope, readOnlyRemedy, scopeRemedy } from '../scopes.ts';

/** A response of Okta, whatever its status. */
export interface OktaResponse {
  status: number;
  headers: Headers;
  /** The JSON of the body; undefined when it is not JSON: empty, HTML, cut off. */
  body: unknown;
}

/** Describes a call in messages: no ids of people, no query, no token. */
export interface OktaCall {
  /** Method and path with placeholders: `GET /users/{id}`. */
  operation: string;
  scope: OktaScope;
  /** What to do when the administrator role of the app does not allow the call. Default: `readOnlyRemedy`. */
  roleRemedy?: string;
}

const errorBody = z.object({ errorCode: z.string().regex(/^E\d{1,10}$/) });

/** `E0000007` and the like; null when the body has none. */
export const errorCodeOf = ({ body }: Pick<OktaResponse, 'body'>): string | null =>
  errorBody.safeParse(body).data?.errorCode ?? null;

/**
 * Whether Okta itself says that the object does not exist. A 404 alone may come from something in between, and another code
 * means an unknown path.
 */
export const isMissing = (response: OktaResponse): boolean =>
  response.status === 404 && errorCodeOf(response) === 'E0000007';

/** Whether Okta refuses our proof of possession (docs/reference/okta.md section 5). */
export const isProofRefused = ({ status, headers }: OktaResponse): boolean =>
  (status === 400 || status === 401) && challengeOf(headers) === 'invalid_dpop_proof';

/** `error` of `WWW-Authenticate`. */
const challengeOf = (headers: Headers): string | null =>
  /\berror="(\w{1,64})"/.exec(headers.get('www-authenticate') ?? '')?.[1] ?? null;

/**
 * Turns an unsuccessful response into one of our errors. It decides by status, code and challenge, never by Okta's text, and
 * shows neither text nor body.
 */
export function oktaErrorOf(response: OktaResponse, call: OktaCall): SyncError {
  const { status, headers } = response;
  const code = errorCodeOf(response);
  const challenge = challengeOf(headers);
  const said = [status, code, challenge].filter((each) => each !== null).join(' ');
  const requestId = /^[\w-]{1,64}$/.exec(headers.get('x-okta-request-id') ?? '')?.[0];
  const message = `${call.operation}: Okta answered ${said}${requestId ? ` (request ${requestId})` : ''}.`;
  if (status === 429) return new ThrottledError(message, { retryAfterMs: throttledMs(headers) });
  if (isProofRefused(response)) {
    return new ConsentNeededError(message, {
      remedy:
        'Okta refuses our proof of possession: check the clock of the machine of the worker, and that source.domain is the host of the org itself.',
    });
  }
  if (status === 401) {
    return new ConsentNeededError(message, {
      remedy:
        'A fresh sign-in was refused too: check that the service app is active, or that the API token still exists and its maker is active.',
    });
  }
  // The body is empty then (docs/reference/okta.md section 3).
  if (status === 403 && challenge === 'insufficient_scope')
    return new PermissionError(message, { remedy: scopeRemedy([call.scope]) });
  // An error page of a proxy or gateway proves nothing about the org, whatever its status.
  if (status >= 500 || status === 408 || code === null) return new TransientError(message, { status });
  if (status === 403) return new PermissionError(message, { remedy: call.roleRemedy ?? readOnlyRemedy });
  if (status === 404) return new NotFoundError(message);
  return new ContractError(message);
}
