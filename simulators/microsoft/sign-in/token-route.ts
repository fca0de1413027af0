/**
 * The token endpoint: tokens of an application by its credential, and of a person by an authorization code
 * (docs/reference/microsoft-graph.md section 7, docs/reference/openid-connect.md section 2).
 */
import { randomBytes } from 'node:crypto';
import type { CodeProblem } from '../../openid/authorization-codes.ts';
import { basicCredentials } from '../../openid/client-secret.ts';
import type { OpenIdProvider } from '../../openid/provider.ts';
import { type Route, textField } from '../../service.ts';
import {
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { signInErrorResponse } from '../errors.ts';
import { accountClaims } from './accounts.ts';
import { type Audience, applicationOf, audienceOf, foreignTenant, permissionsOf } from './applications.ts';
import { unknownTenant } from './discovery-routes.ts';

export const tokenRoute = (context: MicrosoftContext, provider: OpenIdProvider): Route => ({
  method: 'POST',
  path: '/:tenant/oauth2/v2.0/token',
  operation: 'signIn.token',
  open: true,
  subject: (request) => clientOf(request).clientId,
  handle: (request) => unknownTenant(context, request) ?? token(context, provider, request),
});

function token(
  context: MicrosoftContext,
  provider: OpenIdProvider,
  request: SimulatedRequest,
): SimulatedResponse | Promise<SimulatedResponse> {
  const grantType = textField(request.body, 'grant_type');
  if (grantType !== 'client_credentials' && grantType !== 'authorization_code')
    throw refusal(
      context,
      400,
      'unsupported_grant_type',
      70003,
      'The app requested an unsupported grant type.',
    );
  const clientId = checkedClient(context, request);
  return grantType === 'authorization_code'
    ? personToken(context, provider, request, clientId)
    : applicationToken(context, request, clientId);
}

const refusal = (
  { clock }: MicrosoftContext,
  status: number,
  error: string,
  number: number,
  message: string,
) => new SimulatedRefusal(signInErrorResponse(clock(), status, error, number, message));

function unknownApplication(context: MicrosoftContext, clientId: string) {
  const message = `Application with identifier '${clientId}' was not found in the directory '${context.state.tenantName}'.`;
  return refusal(context, 400, 'unauthorized_client', 700016, message);
}

/** Client id and secret come in the header or in the body. */
const clientOf = ({ headers, body }: SimulatedRequest) =>
  basicCredentials(headers) ?? {
    clientId: textField(body, 'client_id') ?? '',
    clientSecret: textField(body, 'client_secret'),
  };

/**
 * Returns the client id of a request.
 * @throws SimulatedRefusal for an unknown application or a wrong secret
 */
function checkedClient(context: MicrosoftContext, request: SimulatedRequest): string {
  const { clientId, clientSecret } = clientOf(request);
  const application = applicationOf(context.state, clientId);
  if (!application) throw unknownApplication(context, clientId);
  // Accepts every assertion (certificate, federated identity), because the library makes its signature.
  const isAsserted = textField(request.body, 'client_assertion') !== undefined;
  if (!isAsserted && clientSecret !== application.clientSecret)
    throw refusal(context, 401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  return clientId;
}

const audienceIn = ({ state }: MicrosoftContext, { params }: SimulatedRequest): Audience =>
  audienceOf(state, params.tenant ?? '') ?? 'own';

function applicationToken(
  context: MicrosoftContext,
  request: SimulatedRequest,
  clientId: string,
): SimulatedResponse {
  const { state, clock, tokens } = context;
  const { app } = state;
  if (!textField(request.body, 'scope')?.includes('/.default')) {
    const message = 'The provided value for scope is not valid. It must end with /.default.';
    throw refusal(context, 400, 'invalid_scope', 1002012, message);
  }
  const isForeign = audienceIn(context, request) === 'foreign';
  const roles = permissionsOf(state, clientId);
  // An application that nobody has consented to is not in the directory.
  if (roles === null || (isForeign && clientId === app.clientId)) throw unknownApplication(context, clientId);
  const content = {
    aud: context.origin(),
    tid: isForeign ? foreignTenant.tenantId : app.tenantId,
    appid: clientId,
    roles,
    exp: Math.floor(clock().getTime() / 1000) + app.tokenLifetimeSeconds,
  };
  return jsonResponse(200, {
    token_type: 'Bearer',
    expires_in: app.tokenLifetimeSeconds,
    ext_expires_in: app.tokenLifetimeSeconds,
    access_token: tokens.bearer(content),
  });
}

const codeProblems: Record<CodeProblem, [number: number, message: string]> = {
  unknown: [9002313, 'Invalid request. Request is malformed or invalid.'],
  used: [
    54005,
    'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  ],
  expired: [
    70008,
    'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  ],
  'other client': [70000, "The provided value for the input parameter 'code' is not valid."],
  'other address': [
    500112,
    'The reply address does not match the reply address provided when requesting Authorization code.',
  ],
  'wrong verifier': [
    501481,
    'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  ],
};

async function personToken(
  context: MicrosoftContext,
  provider: OpenIdProvider,
  request: SimulatedRequest,
  clientId: string,
): Promise<SimulatedResponse> {
  const grant = provider.redeem(request, clientId);
  if (typeof grant === 'string') throw refusal(context, 400, 'invalid_grant', ...codeProblems[grant]);
  return jsonResponse(
    200,
    {
      token_type: 'Bearer',
      scope: grant.scopes.join(' '),
      expires_in: 3_599,
      ext_expires_in: 3_599,
      access_token: randomBytes(48).toString('base64url'),
      id_token: await provider.idToken(request, grant, accountClaims(context, grant)),
    },
    { 'cache-control': 'no-store', pragma: 'no-cache' },
  );
}
