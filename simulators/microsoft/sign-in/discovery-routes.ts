/** The discovery document and the signing keys (https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc). */
import type { OpenIdProvider } from '../../openid/provider.ts';
import type { Route } from '../../service.ts';
import { jsonResponse, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { signInErrorResponse } from '../errors.ts';
import { type Audience, audienceOf, foreignTenant } from './applications.ts';

export const discoveryRoutes = (context: MicrosoftContext, provider: OpenIdProvider): Route[] => [
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
    handle: async () => jsonResponse(200, await provider.keys()),
  },
];

/** Returns the refusal of a request below a directory that does not exist, or null. */
export function unknownTenant(
  { state, clock }: MicrosoftContext,
  { params }: SimulatedRequest,
): SimulatedResponse | null {
  const { tenant = '' } = params;
  if (audienceOf(state, tenant)) return null;
  const message = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`;
  return signInErrorResponse(clock(), 400, 'invalid_tenant', 90002, message);
}

/** Returns the issuer of a directory's tokens: by its id, whatever it was asked by. */
export const issuerOf = ({ origin }: MicrosoftContext, tenantId: string): string =>
  `${origin()}/${tenantId}/v2.0`;

function discovery(context: MicrosoftContext, tenant: string): SimulatedResponse {
  const login = `${context.origin()}/${tenant}`;
  // For `organizations`, Microsoft sends a template in place of an issuer.
  const tenantIds: Record<Audience, string> = {
    own: context.state.app.tenantId,
    foreign: foreignTenant.tenantId,
    any: '{tenantid}',
  };
  return jsonResponse(200, {
    token_endpoint: `${login}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${login}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: issuerOf(context, tenantIds[audienceOf(context.state, tenant) ?? 'own']),
    authorization_endpoint: `${login}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${login}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${login}/oauth2/v2.0/logout`,
    tenant_region_scope: 'EU',
  });
}
