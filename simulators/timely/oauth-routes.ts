/** `/1.1/oauth/*` (docs/reference/timely-api.md section 1). Bodies may be JSON or forms. */

import { type Route, textField } from '../service.ts';
import { jsonResponse, type SimulatedRequest, type SimulatedResponse } from '../simulated-response.ts';
import { authorizeRoutes } from './authorize.ts';
import { oauthErrorResponse, unauthorized } from './errors.ts';
import type { IssuedTokens } from './oauth-state.ts';
import type { TimelyContext } from './routing.ts';

export function oauthRoutes(context: TimelyContext): Route[] {
  return [
    ...authorizeRoutes(context),
    {
      method: 'POST',
      path: '/1.1/oauth/token',
      operation: 'oauth.token',
      open: true,
      changes: true,
      subject: ({ body }) => textField(body, 'grant_type') ?? null,
      handle: (request) => token(context, request),
    },
    {
      method: 'POST',
      path: '/1.1/oauth/revoke',
      operation: 'oauth.revoke',
      open: true,
      changes: true,
      handle: ({ body }) => {
        context.state.oauth.revoke(textField(body, 'token') ?? '');
        return jsonResponse(200, {});
      },
    },
    {
      method: 'POST',
      path: '/1.1/oauth/introspect',
      operation: 'oauth.introspect',
      handle: (request) => introspect(context, request),
    },
    {
      method: 'GET',
      path: '/1.1/oauth/token/info',
      operation: 'oauth.tokenInfo',
      handle: (request) => tokenInfo(context, request),
    },
  ];
}

/** Returns the token pair of a request's access token, or null. */
export function bearerOf({ state }: TimelyContext, { headers }: SimulatedRequest): IssuedTokens | null {
  const header = headers.get('authorization') ?? '';
  return header.startsWith('Bearer ') ? state.oauth.access(header.slice('Bearer '.length)) : null;
}

function token(context: TimelyContext, { body }: SimulatedRequest): SimulatedResponse {
  const { oauth } = context.state;
  const field = (name: string) => textField(body, name) ?? '';
  if (field('client_id') !== oauth.applicationId || field('client_secret') !== oauth.applicationSecret) {
    return oauthErrorResponse('invalid_client', 'Client authentication failed.');
  }
  const grants: Record<string, () => IssuedTokens | null> = {
    authorization_code: () => oauth.redeemCode(field('code'), field('redirect_uri'), field('code_verifier')),
    refresh_token: () => oauth.refresh(field('refresh_token')),
  };
  const grant = grants[field('grant_type')];
  if (!grant)
    return oauthErrorResponse('unsupported_grant_type', 'The authorization grant type is not supported.');
  const pair = grant();
  return pair
    ? jsonResponse(200, showPair(context, pair))
    : oauthErrorResponse(
        'invalid_grant',
        'The provided authorization grant is invalid, expired, or revoked.',
      );
}

/** Real responses have no `expires_in` while tokens do not expire (seen 2026-07-19). */
function showPair({ state: { behaviour } }: TimelyContext, pair: IssuedTokens) {
  return {
    access_token: pair.accessToken,
    token_type: 'Bearer',
    ...(behaviour.accessTokenSeconds === null ? {} : { expires_in: behaviour.accessTokenSeconds }),
    refresh_token: pair.refreshToken,
    scope: 'manage',
    created_at: Math.floor(pair.createdAtMs / 1000),
  };
}

function introspect({ state }: TimelyContext, { body }: SimulatedRequest): SimulatedResponse {
  const pair = state.oauth.access(textField(body, 'token') ?? '');
  if (!pair) return jsonResponse(200, { active: false });
  const { behaviour, oauth } = state;
  const issued = Math.floor(pair.createdAtMs / 1000);
  return jsonResponse(200, {
    active: true,
    scope: 'manage',
    client_id: oauth.applicationId,
    username: state.user(pair.userId)?.email ?? null,
    token_type: 'Bearer',
    exp: behaviour.accessTokenSeconds === null ? null : issued + behaviour.accessTokenSeconds,
    iat: issued,
    sub: String(pair.userId),
    aud: oauth.applicationId,
  });
}

function tokenInfo(context: TimelyContext, request: SimulatedRequest): SimulatedResponse {
  const pair = bearerOf(context, request);
  if (!pair) return unauthorized(context.state.behaviour);
  return jsonResponse(200, {
    resource_owner_id: pair.userId,
    scope: ['manage'],
    expires_in: context.state.behaviour.accessTokenSeconds,
    application: { uid: context.state.oauth.applicationId, name: 'Timely Directory Sync' },
    created_at: Math.floor(pair.createdAtMs / 1000),
  });
}
