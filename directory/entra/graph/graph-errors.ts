import { z } from 'zod';
import {
  ConsentNeededError,
  ContractError,
  CursorExpiredError,
  NotFoundError,
  PermissionError,
  type SyncError,
  ThrottledError,
  TransientError,
} from '../../../domain/errors.ts';
import { retryAfterMsOf } from '../../../http/retry-after.ts';

/** A response of Microsoft Graph, or of one part of a batch, whatever its status. */
export interface GraphResponse {
  status: number;
  headers: Headers;
  /** The JSON of the body; undefined when it is not JSON: empty, HTML, cut off. */
  body: unknown;
}

/** Describes a call in messages: no ids of people, no query, no token. */
export interface GraphCall {
  /** Method and path with placeholders: `GET /users/{id}`. */
  operation: string;
  /** The least application permission that allows it (docs/reference/microsoft-graph.md section 2.4). */
  permission: string;
}

const innerError = z.looseObject({ 'request-id': z.string().optional(), code: z.string().optional() });
const errorBody = z.object({
  error: z.looseObject({
    code: z.string().optional().catch(undefined),
    innerError: innerError.optional().catch(undefined),
    innererror: innerError.optional().catch(undefined),
  }),
});

/** Codes and request ids of this form are safe to show. */
const plainName = /^[\w.-]{1,64}$/;

/**
 * The service's error codes, outer first, since the specific one may be inside
 * (docs/reference/microsoft-graph.md section 4); empty when there are none.
 */
export function errorCodes({ body }: GraphResponse): string[] {
  const error = errorBody.safeParse(body).data?.error;
  const codes = [error?.code, error?.innerError?.code, error?.innererror?.code];
  return codes.filter((code) => code !== undefined && plainName.test(code)).map(String);
}

/** Whether the service itself says that the object does not exist. A 404 alone may come from something in between. */
export function isMissingObject(response: GraphResponse): boolean {
  return response.status === 404 && errorCodes(response).some((code) => /not_?found$/i.test(code));
}

/** Whether the service seems not to support the call at all. */
export function isUnknownCall({ status }: GraphResponse): boolean {
  return status === 404 || status === 405 || status === 501;
}

/**
 * Turns an unsuccessful response into one of our errors. It decides by status and code, never by the service's text
 * (docs/reference/microsoft-graph.md section 4), and shows neither text nor body.
 */
export function graphErrorOf(response: GraphResponse, call: GraphCall): SyncError {
  const { status } = response;
  const message = `${call.operation}: Microsoft Graph answered ${describe(response)}.`;
  const codes = errorCodes(response);
  const retryAfterMs = retryAfterMsOf(response.headers);
  if (status === 429) return new ThrottledError(message, { retryAfterMs });
  if (status === 410 || (status >= 400 && status < 500 && codes.some(meansExpiredCursor))) {
    return new CursorExpiredError(message);
  }
  if (status === 401) {
    return new ConsentNeededError(message, {
      remedy: 'A fresh token was refused too: have an administrator consent to the application again.',
    });
  }
  // A 501 does not pass: the service does not support the request (docs/reference/microsoft-graph.md section 1.2).
  if (status === 501) return new ContractError(message);
  // An error page of a proxy or gateway proves nothing about the directory, whatever its status.
  if (status >= 500 || status === 408 || (status >= 400 && codes.length === 0)) {
    return new TransientError(message, { retryAfterMs, status });
  }
  if (status === 403) {
    return new PermissionError(message, {
      remedy: `Grant the application permission ${call.permission} and have an administrator consent to it.`,
    });
  }
  if (status === 404) return new NotFoundError(message);
  return new ContractError(message);
}

function meansExpiredCursor(code: string): boolean {
  return ['syncstatenotfound', 'resyncrequired'].includes(code.toLowerCase());
}

function describe(response: GraphResponse): string {
  const error = errorBody.safeParse(response.body).data?.error;
  const requestId =
    response.headers.get('request-id') ??
    error?.innerError?.['request-id'] ??
    error?.innererror?.['request-id'];
  const shownId = requestId && plainName.test(requestId) ? ` (request ${requestId})` : '';
  return [response.status, ...errorCodes(response)].join(' ') + shownId;
}
