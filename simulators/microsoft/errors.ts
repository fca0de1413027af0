/** Error responses of Graph and of the sign-in service (docs/reference/microsoft-graph.md sections 4 and 7.3). */
import { randomUUID } from 'node:crypto';
import { jsonResponse, type SimulatedResponse } from '../simulated-response.ts';

/** Returns a response with `{"error": {code, message, innerError}}`. */
export function graphErrorResponse(
  now: Date,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): SimulatedResponse {
  const requestId = randomUUID();
  // Graph's date has no zone.
  const date = now.toISOString().slice(0, 19);
  const innerError = { date, 'request-id': requestId, 'client-request-id': requestId };
  return jsonResponse(
    status,
    { error: { code, message, innerError } },
    { 'request-id': requestId, 'client-request-id': requestId, ...headers },
  );
}

/** Returns the response to an expired cursor. */
export const expiredCursorResponse = (now: Date): SimulatedResponse =>
  graphErrorResponse(
    now,
    400,
    'syncStateNotFound',
    'The sync state generation is not found. The delta token is expired and data must be synchronized again.',
  );

/** Returns what Microsoft says about an error to people and programs, with its AADSTS number. */
export function signInErrorText(now: Date, number: number, message: string, traceId = randomUUID()): string {
  const timestamp = now.toISOString().slice(0, 19).replace('T', ' ');
  return `AADSTS${number}: ${message} Trace ID: ${traceId} Correlation ID: ${traceId} Timestamp: ${timestamp}Z`;
}

/** Returns an error of the token endpoint or of discovery, with its AADSTS number. */
export function signInErrorResponse(
  now: Date,
  status: number,
  error: string,
  number: number,
  message: string,
): SimulatedResponse {
  const traceId = randomUUID();
  const timestamp = now.toISOString().slice(0, 19).replace('T', ' ');
  return jsonResponse(status, {
    error,
    error_description: signInErrorText(now, number, message, traceId),
    error_codes: [number],
    timestamp: `${timestamp}Z`,
    trace_id: traceId,
    correlation_id: traceId,
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
  });
}
