/** Error responses of Okta's API and of its token endpoint (docs/reference/okta.md sections 3 to 5). */
import { randomBytes } from 'node:crypto';
import { jsonResponse, type SimulatedResponse } from '../simulated-response.ts';

/** Returns `{errorCode, errorSummary, errorLink, errorId, errorCauses}`. */
export function oktaErrorResponse(
  status: number,
  errorCode: string,
  errorSummary: string,
  causes: string[] = [],
  headers: Record<string, string> = {},
): SimulatedResponse {
  const errorCauses = causes.map((cause) => ({ errorSummary: cause }));
  const errorId = `oae${randomBytes(12).toString('base64url')}`;
  return jsonResponse(
    status,
    { errorCode, errorSummary, errorLink: errorCode, errorId, errorCauses },
    headers,
  );
}

export const notFoundResponse = (id: string, kind: 'User' | 'UserGroup' | 'AppInstance'): SimulatedResponse =>
  oktaErrorResponse(404, 'E0000007', `Not found: Resource not found: ${id} (${kind})`);

/** The caller's administrator roles do not allow it. */
export const forbiddenResponse = (): SimulatedResponse =>
  oktaErrorResponse(403, 'E0000006', 'You do not have permission to perform the requested action');

export const badFilterResponse = (): SimulatedResponse =>
  oktaErrorResponse(400, 'E0000031', 'Invalid search criteria.');

export const badParameterResponse = (name: string, cause: string): SimulatedResponse =>
  oktaErrorResponse(400, 'E0000001', `Api validation failed: '${name}'`, [`'${name}': ${cause}`]);

export const invalidTokenResponse = (headers: Record<string, string> = {}): SimulatedResponse =>
  oktaErrorResponse(401, 'E0000011', 'Invalid token provided', [], headers);

/** Both kinds of 429 have this body: the headers tell them apart (docs/reference/okta.md section 8). */
export const tooManyResponse = (headers: Record<string, string>): SimulatedResponse =>
  oktaErrorResponse(429, 'E0000047', 'API call exceeded rate limit due to too many requests.', [], headers);

/** A refusal of the token endpoint. */
export const signInErrorResponse = (
  status: number,
  error: string,
  description: string,
  headers: Record<string, string> = {},
): SimulatedResponse =>
  jsonResponse(status, { error, error_description: description }, { ...noStore, ...headers });

export const noStore = { 'cache-control': 'no-cache, no-store', pragma: 'no-cache' };

interface Challenge {
  domain: string;
  path: string;
  scheme: 'Bearer' | 'DPoP';
  error: string;
  description: string;
  scope?: string | undefined;
}

/** Returns the `WWW-Authenticate` header of a refused call. */
export function challengeHeader({ domain, path, scheme, error, description, scope = '' }: Challenge) {
  const algorithms = 'algs="RS256 RS384 RS512 ES256 ES384 ES512", ';
  const value = `${scheme} ${scheme === 'DPoP' ? algorithms : ''}authorization_uri="https://${domain}/oauth2/v1/authorize", realm="https://${domain}", scope="${scope}", error="${error}", error_description="${description}", resource="${path}"`;
  return { 'www-authenticate': value };
}

/** A refusal without JSON: the header says all of it. */
export const emptyResponse = (
  status: number,
  headers: Record<string, string>,
  text = '',
): SimulatedResponse => ({
  status,
  text,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
});
