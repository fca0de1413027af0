/** The sign-in of people to an OpenID Connect application of the tenant (docs/reference/openid-connect.md section 4). */
import { randomBytes, randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { CodeProblem, OpenIdGrant } from '../../openid/authorization-codes.ts';
import { basicCredentials } from '../../openid/client-secret.ts';
import { refusalPage } from '../../openid/pages.ts';
import { OpenIdProvider } from '../../openid/provider.ts';
import { formRoutes, type Route, textField } from '../../service.ts';
import { jsonResponse, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';
import type { SapContext } from '../context.ts';
import { addressOf, nameOf } from '../directory/names.ts';

/** A code can be used within two minutes. */
const codeSeconds = 120;
const tokenSeconds = 3_600;

export function sapProvider({ state, faults, clock }: SapContext): OpenIdProvider {
  const error = (name: string, description: string) => ({ error: name, error_description: description });
  return new OpenIdProvider({
    service: 'SAP Cloud Identity Services',
    codeSeconds,
    clock,
    fires: (fault, request) => faults.fires(fault, request),
    client: ({ query }) => (query.get('client_id') === state.webApp.clientId ? state.webApp : null),
    accounts: () =>
      state
        .users()
        .filter(({ status, blocked }) => status === 'active' && !blocked)
        .map((user) => ({
          id: user.id,
          name: nameOf(user),
          signInName: addressOf(user) ?? String(user.attributes.userName ?? ''),
        }))
        .sort((one, other) => one.name.localeCompare(other.name, 'en')),
    // SAP documents a 400 for wrong parameters, and no text.
    unknownClient: () => refusalPage(400, 'The application is not known in this tenant.'),
    unknownAddress: () => refusalPage(400, 'The redirect_uri is not configured for the application.'),
    declined: () => error('access_denied', 'The user has denied access.'),
    needsPerson: () => error('login_required', 'The user is not signed in.'),
    badRequest: (what) => error('invalid_request', `The parameter ${what} is missing or wrong.`),
  });
}

export function personRoutes(context: SapContext, provider: OpenIdProvider): Route[] {
  const open = (path: string, operation: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path,
    operation,
    open: true,
    handle,
  });
  return [
    open('/.well-known/openid-configuration', 'signIn.discovery', () => jsonResponse(200, metadata(context))),
    open('/oauth2/certs', 'signIn.keys', async () => jsonResponse(200, await provider.keys())),
    ...formRoutes(open('/oauth2/authorize', 'signIn.authorize', (request) => provider.authorize(request))),
  ];
}

function metadata({ origin }: SapContext) {
  const issuer = origin();
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth2/authorize`,
    token_endpoint: `${issuer}/oauth2/token`,
    userinfo_endpoint: `${issuer}/oauth2/userinfo`,
    end_session_endpoint: `${issuer}/oauth2/logout`,
    jwks_uri: `${issuer}/oauth2/certs`,
    response_types_supported: ['code', 'id_token', 'token'],
    grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile', 'groups', 'offline_access'],
    token_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'tls_client_auth',
      'private_key_jwt',
    ],
    code_challenge_methods_supported: ['S256', 'plain'],
  };
}

const codeProblems: Record<CodeProblem, string> = {
  unknown: 'The authorization code is not valid.',
  used: 'The authorization code is not valid.',
  expired: 'The authorization code is expired.',
  'other client': 'The authorization code is not valid.',
  'other address': 'The redirect_uri does not match the one of the authorization request.',
  'wrong verifier': 'The code_verifier does not match the code_challenge.',
};

/** Answers the token endpoint for a person: an ID token for an authorization code. */
export async function personToken(
  context: SapContext,
  provider: OpenIdProvider,
  request: SimulatedRequest,
): Promise<SimulatedResponse> {
  const { webApp } = context.state;
  const { headers, body } = request;
  const { clientId, clientSecret } = basicCredentials(headers) ?? {
    clientId: textField(body, 'client_id'),
    clientSecret: textField(body, 'client_secret'),
  };
  if (clientId !== webApp.clientId || clientSecret !== webApp.clientSecret)
    return jsonResponse(401, { error: 'invalid_client', error_description: 'Client authentication failed.' });
  const grant = provider.redeem(request, webApp.clientId);
  if (typeof grant === 'string')
    return jsonResponse(400, { error: 'invalid_grant', error_description: codeProblems[grant] });
  return jsonResponse(
    200,
    {
      access_token: randomBytes(48).toString('base64url'),
      token_type: 'Bearer',
      expires_in: tokenSeconds,
      id_token: await provider.idToken(request, grant, claimsOf(context, grant)),
    },
    { 'cache-control': 'no-store', pragma: 'no-cache' },
  );
}

/** The id of the directory is in `scim_id` and `user_uuid`, whatever the application takes as subject. */
function claimsOf({ state, origin }: SapContext, { accountId, scopes, clientId }: OpenIdGrant): JWTPayload {
  const user = state.user(accountId);
  const { givenName, familyName } = (user.attributes.name ?? {}) as Record<string, unknown>;
  const primary = user.emails.find(({ value }) => value === addressOf(user));
  return {
    iss: origin(),
    ias_iss: origin(),
    sub: state.behaviour.subject === 'email' ? (addressOf(user) ?? accountId) : accountId,
    azp: clientId,
    user_uuid: accountId,
    scim_id: accountId,
    sid: `S-SP-${randomUUID()}`,
    jti: randomUUID(),
    ...(scopes.includes('profile') ? { given_name: givenName, family_name: familyName } : {}),
    ...(scopes.includes('email') && primary
      ? { email: primary.value, email_verified: primary.verified }
      : {}),
  };
}
