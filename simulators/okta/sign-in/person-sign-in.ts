/**
 * The sign-in of people by the org's own authorization server and by custom ones
 * (docs/reference/openid-connect.md section 3).
 */
import { refusalPage } from '../../openid/pages.ts';
import { OpenIdProvider } from '../../openid/provider.ts';
import { formRoutes, type Route } from '../../service.ts';
import { jsonResponse, type SimulatedRequest } from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';

/** At the org's own server. */
const codeSeconds = 60;

/** Paths of the org's own authorization server, and of custom ones such as `default`. */
export const authorizationServers = ['/oauth2', '/oauth2/:server'] as const;

const hostOf = ({ url }: SimulatedRequest) => new URL(url).origin;

/** Returns the issuer of a request: the org, or a custom server below it. */
export const issuerOf = (request: SimulatedRequest): string =>
  `${hostOf(request)}${request.params.server === undefined ? '' : `/oauth2/${request.params.server}`}`;

export function oktaProvider({ state, faults, clock }: Omit<OktaContext, 'accessOf'>): OpenIdProvider {
  const error = (name: string, description: string) => ({ error: name, error_description: description });
  return new OpenIdProvider({
    service: 'Okta',
    codeSeconds,
    clock,
    fires: (fault, request) => faults.fires(fault, request),
    client: ({ query }) => (query.get('client_id') === state.webApp.clientId ? state.webApp : null),
    accounts: () =>
      state.users
        .values()
        .filter(({ status }) => status === 'ACTIVE')
        .map(({ id, profile }) => ({
          id,
          name: String(profile.displayName ?? `${profile.firstName} ${profile.lastName}`),
          signInName: String(profile.login),
        }))
        .sort((one, other) => one.name.localeCompare(other.name, 'en')),
    unknownClient: () => refusalPage(400, "invalid_client: Invalid value for 'client_id' parameter."),
    unknownAddress: () =>
      refusalPage(
        400,
        "invalid_request: The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
      ),
    declined: () => error('access_denied', 'The resource owner or authorization server denied the request.'),
    needsPerson: () =>
      error('login_required', 'The client specified not to prompt, but the user is not logged in.'),
    badRequest: (what) => error('invalid_request', `The request has an unsupported '${what}' value.`),
  });
}

export function authorizeRoutes(provider: OpenIdProvider): Route[] {
  return authorizationServers.flatMap((server) =>
    formRoutes({
      path: `${server}/v1/authorize`,
      operation: 'signIn.authorize',
      open: true,
      subject: ({ query }) => query.get('client_id'),
      handle: (request) => provider.authorize(request),
    }),
  );
}

export function discoveryRoutes(provider: OpenIdProvider): Route[] {
  const discovery = ['/.well-known/openid-configuration', '/oauth2/:server/.well-known/openid-configuration'];
  return [
    ...discovery.map(
      (path): Route => ({
        method: 'GET',
        path,
        operation: 'signIn.discovery',
        open: true,
        handle: (request) => jsonResponse(200, metadata(request)),
      }),
    ),
    ...authorizationServers.map(
      (server): Route => ({
        method: 'GET',
        path: `${server}/v1/keys`,
        operation: 'signIn.keys',
        open: true,
        handle: async () => jsonResponse(200, await provider.keys()),
      }),
    ),
  ];
}

function metadata(request: SimulatedRequest) {
  const issuer = issuerOf(request);
  const base = request.params.server === undefined ? `${issuer}/oauth2` : issuer;
  return {
    issuer,
    authorization_endpoint: `${base}/v1/authorize`,
    token_endpoint: `${base}/v1/token`,
    userinfo_endpoint: `${base}/v1/userinfo`,
    jwks_uri: `${base}/v1/keys`,
    end_session_endpoint: `${base}/v1/logout`,
    response_types_supported: ['code', 'id_token', 'code id_token', 'code token', 'id_token token'],
    response_modes_supported: ['query', 'fragment', 'form_post', 'okta_post_message'],
    grant_types_supported: ['authorization_code', 'implicit', 'refresh_token', 'password'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile', 'address', 'phone', 'offline_access', 'groups'],
    token_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'none',
    ],
    code_challenge_methods_supported: ['S256'],
  };
}
