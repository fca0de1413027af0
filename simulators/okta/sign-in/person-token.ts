/** The token endpoint for people: an ID token for an authorization code. */
import { createHash, randomBytes } from 'node:crypto';
import type { CodeProblem } from '../../openid/authorization-codes.ts';
import { basicCredentials } from '../../openid/client-secret.ts';
import type { OpenIdProvider } from '../../openid/provider.ts';
import { textField } from '../../service.ts';
import {
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';
import { noStore, signInErrorResponse } from '../errors.ts';
import { issuerOf } from './person-sign-in.ts';

type Context = Omit<OktaContext, 'accessOf'>;

const invalidCode = 'The authorization code is invalid or has expired.';
const codeProblems: Record<CodeProblem, string> = {
  unknown: invalidCode,
  used: invalidCode,
  expired: invalidCode,
  'other client': invalidCode,
  'other address': "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
  'wrong verifier': 'PKCE verification failed.',
};

export async function personToken(
  context: Context,
  provider: OpenIdProvider,
  request: SimulatedRequest,
): Promise<SimulatedResponse> {
  const { webApp } = context.state;
  checkSecret(webApp, request);
  const grant = provider.redeem(request, webApp.clientId);
  if (typeof grant === 'string')
    throw new SimulatedRefusal(signInErrorResponse(400, 'invalid_grant', codeProblems[grant]));
  const accessToken = randomBytes(48).toString('base64url');
  const claims = {
    ...personClaims(context, grant.accountId, grant.scopes),
    iss: issuerOf(request),
    at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
  };
  const body = {
    token_type: 'Bearer',
    expires_in: 3_600,
    access_token: accessToken,
    scope: grant.scopes.join(' '),
    id_token: await provider.idToken(request, grant, claims),
  };
  return jsonResponse(200, body, noStore);
}

/** The secret comes in the header or in the body. */
function checkSecret(webApp: Context['state']['webApp'], { headers, body }: SimulatedRequest): void {
  const { clientId, clientSecret } = basicCredentials(headers) ?? {
    clientId: textField(body, 'client_id'),
    clientSecret: textField(body, 'client_secret'),
  };
  if (clientId !== webApp.clientId)
    throw new SimulatedRefusal(
      signInErrorResponse(401, 'invalid_client', "Invalid value for 'client_id' parameter."),
    );
  if (clientSecret !== webApp.clientSecret) {
    const text = 'The client secret supplied for a confidential client is invalid.';
    throw new SimulatedRefusal(signInErrorResponse(401, 'invalid_client', text));
  }
}

function personClaims({ state, clock }: Context, userId: string, scopes: string[]) {
  const { profile } = state.user(userId);
  const { displayName, firstName, lastName, login, email } = profile;
  return {
    sub: userId,
    ver: 1,
    jti: `ID.${randomBytes(24).toString('base64url')}`,
    amr: ['pwd'],
    idp: state.orgId,
    auth_time: Math.floor(clock().getTime() / 1000),
    ...(scopes.includes('profile')
      ? { name: displayName ?? `${firstName} ${lastName}`, preferred_username: login }
      : {}),
    ...(scopes.includes('email') ? { email } : {}),
  };
}
