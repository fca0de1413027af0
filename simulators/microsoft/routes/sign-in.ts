/** The sign-in service: discovery and client-credential tokens (docs/reference/microsoft-graph.md section 7). */
import { type Call, json, type SimulatedResponse } from '../../answer.ts';
import { type Route, textField } from '../../service.ts';
import { graphError, signInError } from '../errors.ts';
import type { MicrosoftFrame } from '../frame.ts';

/** Routes below `/{tenant}`. */
export function signInRoutes(frame: MicrosoftFrame): Route[] {
  return [
    {
      method: 'GET',
      path: '/:tenant/v2.0/.well-known/openid-configuration',
      operation: 'signIn.discovery',
      open: true,
      handle: (call) => unknownTenant(frame, call) ?? discovery(frame, call.params.tenant ?? ''),
    },
    {
      method: 'GET',
      path: '/:tenant/discovery/v2.0/keys',
      operation: 'signIn.keys',
      open: true,
      handle: () => json(200, { keys: [] }),
    },
    {
      method: 'POST',
      path: '/:tenant/oauth2/v2.0/token',
      operation: 'signIn.token',
      open: true,
      subject: (call) => textField(call.body, 'client_id') ?? null,
      handle: (call) => unknownTenant(frame, call) ?? token(frame, call),
    },
  ];
}

function unknownTenant({ state, clock }: MicrosoftFrame, call: Call): SimulatedResponse | null {
  const { tenant = '' } = call.params;
  if (tenant === state.app.tenantId || tenant === state.domain) return null;
  const message = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`;
  return signInError(clock(), 400, 'invalid_tenant', 90002, message);
}

function discovery(frame: MicrosoftFrame, tenant: string): SimulatedResponse {
  const login = `${frame.origin()}/${tenant}`;
  return json(200, {
    token_endpoint: `${login}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${login}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${login}/v2.0`,
    authorization_endpoint: `${login}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${login}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${login}/oauth2/v2.0/logout`,
    tenant_region_scope: 'EU',
  });
}

function token(frame: MicrosoftFrame, { body }: Call): SimulatedResponse {
  const { state, clock, tokens } = frame;
  const { app } = state;
  const now = clock();
  const refuse = (status: number, error: string, number: number, message: string) =>
    signInError(now, status, error, number, message);
  if (textField(body, 'grant_type') !== 'client_credentials') {
    return refuse(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  }
  if (textField(body, 'client_id') !== app.clientId) {
    const message = `Application with identifier '${textField(body, 'client_id')}' was not found in the directory '${state.tenantName}'.`;
    return refuse(400, 'unauthorized_client', 700016, message);
  }
  // An assertion (certificate, federated identity) is taken as it is: its signature is the library's business.
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
    aud: frame.origin(),
    tid: app.tenantId,
    appid: app.clientId,
    roles: app.permissions,
    exp: Math.floor(now.getTime() / 1000) + app.tokenLifetimeSeconds,
  };
  return json(200, {
    token_type: 'Bearer',
    expires_in: app.tokenLifetimeSeconds,
    ext_expires_in: app.tokenLifetimeSeconds,
    access_token: tokens.bearer(content),
  });
}

/** The refusal of a Graph call without a valid token; null when it may pass. */
export function bearerRefusal(
  { clock, tokens, state }: MicrosoftFrame,
  call: Call,
): SimulatedResponse | null {
  const now = clock();
  const header = call.headers.get('authorization') ?? '';
  const refuse = (message: string) => graphError(now, 401, 'InvalidAuthenticationToken', message);
  if (!header.startsWith('Bearer ')) return refuse('Access token is empty.');
  const content = tokens.readBearer(header.slice('Bearer '.length));
  if (content?.tid !== state.app.tenantId)
    return refuse('Access token validation failure. Invalid signature.');
  const expired = content.exp * 1000 <= now.getTime();
  return expired ? refuse('Lifetime validation failed, the token is expired.') : null;
}
