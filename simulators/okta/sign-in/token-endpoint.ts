/** The token endpoint of the org (docs/reference/okta.md sections 3 to 5). */
import type { OpenIdProvider } from '../../openid/provider.ts';
import { type Route, textField } from '../../service.ts';
import {
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';
import { noStore, signInErrorResponse } from '../errors.ts';
import { signToken, tokenSeconds } from './access-tokens.ts';
import { assertionProblem } from './client-assertion.ts';
import { checkProof } from './dpop-proof.ts';
import { currentNonce, isGoodNonce } from './nonces.ts';
import { OnceOnly } from './once-only.ts';
import { authorizationServers } from './person-sign-in.ts';
import { personToken } from './person-token.ts';

const path = '/oauth2/v1/token';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export function tokenRoutes(context: OktaContext, provider: OpenIdProvider): Route[] {
  const used = { assertions: new OnceOnly(), proofs: new OnceOnly() };
  const isOfPerson = ({ body }: SimulatedRequest) => textField(body, 'grant_type') === 'authorization_code';
  const { serviceApp, webApp } = context.state;
  return authorizationServers.map(
    (server): Route => ({
      method: 'POST',
      path: `${server}/v1/token`,
      operation: 'signIn.token',
      open: true,
      changes: true,
      subject: (request) => (isOfPerson(request) ? webApp : serviceApp).clientId,
      handle: async (request) => {
        if (isOfPerson(request)) return personToken(context, provider, request);
        await checkClient(context, request, used.assertions);
        const scopes = grantedScopes(context, textField(request.body, 'scope') ?? '');
        const thumbprint = await boundKey(context, request, used.proofs);
        return tokenResponse(context, scopes, thumbprint);
      },
    }),
  );
}

const refusal = (status: number, error: string, description: string, headers?: Record<string, string>) =>
  new SimulatedRefusal(signInErrorResponse(status, error, description, headers));

async function checkClient(
  { state, clock, faults }: OktaContext,
  request: SimulatedRequest,
  used: OnceOnly,
): Promise<void> {
  const { body, headers } = request;
  if (headers.has('origin'))
    throw refusal(
      401,
      'invalid_client',
      'Browser requests to the token endpoint must use Proof Key for Code Exchange.',
    );
  if (textField(body, 'grant_type') !== 'client_credentials')
    throw refusal(400, 'unsupported_grant_type', 'The authorization grant type is not supported.');
  const assertion = textField(body, 'client_assertion');
  if (assertion === undefined || textField(body, 'client_assertion_type') !== assertionType)
    throw refusal(401, 'invalid_client', 'The client must authenticate with private_key_jwt.');
  const problem = faults.fires('keyRevoked', request)
    ? 'The client_assertion JWT kid is invalid.'
    : await assertionProblem(assertion, {
        app: state.serviceApp,
        audience: `https://${state.domain}${path}`,
        nowMs: clock().getTime(),
        skewSeconds: state.behaviour.clockSkewSeconds,
        used,
      });
  if (problem) throw refusal(401, 'invalid_client', problem);
}

/** Leaves out, without a word, what is not granted. */
function grantedScopes({ state }: OktaContext, asked: string): string[] {
  const scopes = asked.split(' ').filter((scope) => scope !== '');
  if (scopes.length === 0 || scopes.some((scope) => !/^okta\.\w+\.(read|manage)$/.test(scope)))
    throw refusal(
      400,
      'invalid_scope',
      'One or more scopes are not configured for the authorization server resource.',
    );
  const granted = scopes.filter((scope) => state.serviceApp.scopes.includes(scope));
  if (granted.length === 0)
    throw refusal(400, 'consent_required', 'You are not allowed any of the requested scopes.');
  return granted;
}

/** Returns the thumbprint of the proof's key; null: the token is a bearer token. */
async function boundKey(
  { state, clock, faults }: OktaContext,
  request: SimulatedRequest,
  used: OnceOnly,
): Promise<string | null> {
  const { behaviour, nonces } = state;
  const proof = request.headers.get('dpop');
  if (behaviour.dpop === 'ignored' || (behaviour.dpop === 'offered' && proof === null)) return null;
  const nowMs = clock().getTime();
  if (faults.fires('nonceChanged', request)) nonces.splice(0);
  const result = await checkProof(proof, {
    method: 'POST',
    url: `https://${state.domain}${path}`,
    nowMs,
    skewSeconds: behaviour.clockSkewSeconds,
    algorithms: behaviour.proofAlgorithms,
    used,
    acceptsNonce: (nonce) => isGoodNonce(nonces, nonce, nowMs),
  });
  if ('problem' in result) throw refusal(400, 'invalid_dpop_proof', result.problem);
  if ('needsNonce' in result)
    throw refusal(400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.', {
      'dpop-nonce': currentNonce(nonces, nowMs),
    });
  return result.thumbprint;
}

async function tokenResponse(
  { state, clock }: OktaContext,
  scopes: string[],
  thumbprint: string | null,
): Promise<SimulatedResponse> {
  const { signingKey: key, domain, serviceApp } = state;
  const content = {
    cid: serviceApp.clientId,
    scp: scopes,
    ...(thumbprint === null ? {} : { cnf: { jkt: thumbprint } }),
  };
  const body = {
    token_type: thumbprint === null ? 'Bearer' : 'DPoP',
    expires_in: tokenSeconds,
    access_token: await signToken(content, { key, domain, now: clock() }),
    scope: scopes.join(' '),
  };
  return jsonResponse(200, body, noStore);
}
