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
import { retryAfterMsOf } from '../../../domain/rate-limit/retry-after.ts';

/** An answer of Microsoft Graph, or of one part of a batch, whatever its status. */
export interface GraphReply {
  status: number;
  headers: Headers;
  /** The JSON of the body; undefined when it held none: empty, HTML, cut off. */
  body: unknown;
}

/** What a call is, for messages: no ids of people, no query, no token. */
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

/** Names of an error or a request that are safe to show. */
const plainName = /^[\w.-]{1,64}$/;

/**
 * The service's error codes, outer first, since the telling one may sit inside
 * (docs/reference/microsoft-graph.md section 4); empty when it gave none.
 */
export function errorCodes({ body }: GraphReply): string[] {
  const error = errorBody.safeParse(body).data?.error;
  const codes = [error?.code, error?.innerError?.code, error?.innererror?.code];
  return codes.filter((code) => code !== undefined && plainName.test(code)).map(String);
}

/** Whether the service says that the object asked for does not exist, and not just that something gave a 404. */
export function isMissingObject(reply: GraphReply): boolean {
  return reply.status === 404 && errorCodes(reply).some((code) => /not_?found$/i.test(code));
}

/** Whether the service seems not to know the call at all. */
export function isUnknownCall({ status }: GraphReply): boolean {
  return status === 404 || status === 405 || status === 501;
}

/**
 * Turns an answer that is not a success into our error. Decides by status and code, never by the service's text
 * (docs/reference/microsoft-graph.md section 4), and shows neither text nor body.
 */
export function graphErrorOf(reply: GraphReply, call: GraphCall): SyncError {
  const { status } = reply;
  const said = `${call.operation}: Microsoft Graph answered ${describe(reply)}.`;
  const codes = errorCodes(reply);
  const retryAfterMs = retryAfterMsOf(reply.headers);
  if (status === 429) return new ThrottledError(said, { retryAfterMs });
  if (status === 410 || (status >= 400 && status < 500 && codes.some(meansExpiredCursor))) {
    return new CursorExpiredError(said);
  }
  if (status === 401) {
    return new ConsentNeededError(said, {
      remedy: 'A fresh token was refused as well: have an administrator consent to the application again.',
    });
  }
  // 501 stays: the service cannot do what was asked (docs/reference/microsoft-graph.md section 1.2).
  if (status === 501) return new ContractError(said);
  // An error page of something in between proves nothing about the directory, whatever its status.
  if (status >= 500 || status === 408 || (status >= 400 && codes.length === 0)) {
    return new TransientError(said, { retryAfterMs });
  }
  if (status === 403) {
    return new PermissionError(said, {
      remedy: `Grant the application permission ${call.permission} and have an administrator consent to it.`,
    });
  }
  if (status === 404) return new NotFoundError(said);
  return new ContractError(said);
}

function meansExpiredCursor(code: string): boolean {
  return ['syncstatenotfound', 'resyncrequired'].includes(code.toLowerCase());
}

function describe(reply: GraphReply): string {
  const inner = errorBody.safeParse(reply.body).data?.error;
  const requestId =
    reply.headers.get('request-id') ?? inner?.innerError?.['request-id'] ?? inner?.innererror?.['request-id'];
  const shownId = requestId && plainName.test(requestId) ? ` (request ${requestId})` : '';
  return [reply.status, ...errorCodes(reply)].join(' ') + shownId;
}
