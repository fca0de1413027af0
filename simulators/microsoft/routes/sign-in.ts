/** The sign-in service: discovery and client-credential tokens (docs/reference/microsoft-graph.md section 7). */

import { type Route, textField } from '../../service.ts';
import { jsonResponse, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { graphErrorResponse, signInErrorResponse } from '../errors.ts';

/** Returns the routes below `/{tenant}`. */
export function signInRoutes(context: MicrosoftContext): Route[] {
  return [
    {
      method: 'GET',
      path: '/:tenant/v2.0/.well-known/openid-configuration',
      operation: 'signIn.discovery',
      open: true,
      handle: (request) => unknownTenant(context, request) ?? discovery(context, request.params.tenant ?? ''),
    },
    {
      method: 'GET',
      path: '/:tenant/discovery/v2.0/keys',
      operation: 'signIn.keys',
      open: true,
      handle: () => jsonResponse(200, { keys: [] }),
    },
    {
      method: 'POST',
      path: '/:tenant/oauth2/v2.0/token',
      operation: 'signIn.token',
      open: true,
      subject: (request) => textField(request.body, 'client_id') ?? null,
      handle: (request) => unknownTenant(context, request) ?? token(context, request),
    },
  ];
}

function unknownTenant(
  { state, clock }: MicrosoftContext,
  request: SimulatedRequest,
): SimulatedResponse | null {
  const { tenant = '' } = request.params;
  if (tenant === state.app.tenantId || tenant === state.domain) return null;
  const message = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`;
  return signInErrorResponse(clock(), 400, 'invalid_tenant', 90002, message);
}

function discovery(context: MicrosoftContext, tenant: string): SimulatedResponse {
  const login = `${context.origin()}/${tenant}`;
  return jsonResponse(200, {
    token_endpoint: `${login}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${login}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    // By its id, whatever it was asked by.
    issuer: `${context.origin()}/${context.state.app.tenantId}/v2.0`,
    authorization_endpoint: `${login}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${login}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${login}/oauth2/v2.0/logout`,
    tenant_region_scope: 'EU',
  });
}

function token(context: MicrosoftContext, { body }: SimulatedRequest): SimulatedResponse {
  const { state, clock, tokens } = context;
  const { app } = state;
  const now = clock();
  const refuse = (status: number, error: string, number: number, message: string) =>
    signInErrorResponse(now, status, error, number, message);
  if (textField(body, 'grant_type') !== 'client_credentials') {
    return refuse(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  }
  if (textField(body, 'client_id') !== app.clientId) {
    const message = `Application with identifier '${textField(body, 'client_id')}' was not found in the directory '${state.tenantName}'.`;
    return refuse(400, 'unauthorized_client', 700016, message);
  }
  // Accepts every assertion (certificate, federated identity), because the library makes its signature.
  const asserted = textField(body, 'client_assertion') !== undefined;
  if (!asserted && textField(body, 'client_secret') !== app.clientSecret) {
    return refuse(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  }
  if (!textField(body, 'scope')?.includes('/.default')) {
    return refuse(
      400,
      'invalid_scope',
      1002012,
      'The provided value for scope is not valid. It must end with /.default.',
    );
  }
  const content = {
    aud: context.origin(),
    tid: app.tenantId,
    appid: app.clientId,
    roles: app.permissions,
    exp: Math.floor(now.getTime() / 1000) + app.tokenLifetimeSeconds,
  };
  return jsonResponse(200, {
    token_type: 'Bearer',
    expires_in: app.tokenLifetimeSeconds,
    ext_expires_in: app.tokenLifetimeSeconds,
    access_token: tokens.bearer(content),
  });
}

/** Returns the refusal of a Graph request without a valid token, or null. */
export function bearerRefusal(
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
  const expired = content.exp * 1000 <= now.getTime();
  return expired ? refuse('Lifetime validation failed, the token is expired.') : null;
}
