/** `GET /1.1/oauth/authorize`: a person of the account lets an application act for them (docs/reference/timely-api.md section 1). */
import { randomBytes } from 'node:crypto';
import { html } from 'hono/html';
import { consentPage, openIdPage } from '../openid/pages.ts';
import { sentBack } from '../openid/redirect.ts';
import { formRoutes, type Route, textField } from '../service.ts';
import type { SimulatedRequest, SimulatedResponse } from '../simulated-response.ts';
import { oauthErrorResponse } from './errors.ts';
import type { TimelyContext } from './routing.ts';
import type { TimelyState } from './state.ts';

const outOfBand = 'urn:ietf:wg:oauth:2.0:oob';

export const authorizeRoutes = (context: TimelyContext): Route[] =>
  formRoutes({
    path: '/1.1/oauth/authorize',
    operation: 'oauth.authorize',
    open: true,
    changes: true,
    handle: (request) => authorize(context, request),
  });

/** Browsers see a page. Programs, which ask for no HTML, get a code at once, as if the account's owner consented. */
function authorize(context: TimelyContext, request: SimulatedRequest) {
  const { state } = context;
  const { query, method, headers } = request;
  const redirectUri = query.get('redirect_uri') ?? '';
  if (query.get('client_id') !== state.oauth.applicationId) {
    return oauthErrorResponse('invalid_client', 'Client authentication failed due to unknown client.');
  }
  if (query.get('response_type') !== 'code' || redirectUri === '') {
    return oauthErrorResponse('invalid_request', 'response_type must be code, and redirect_uri is required.');
  }
  if (method === 'POST') return decide(context, request);
  return headers.get('accept')?.includes('text/html')
    ? showPage(state)
    : codeFor(context, request, state.account.owner_id);
}

/** The owner is the first one. */
function showPage({ present, account }: TimelyState): Promise<SimulatedResponse> {
  const active = present.filter((user) => user.active);
  const users = [...active].sort(
    (one, other) =>
      Number(other.id === account.owner_id) - Number(one.id === account.owner_id) ||
      one.name.localeCompare(other.name, 'en'),
  );
  return consentPage({
    service: 'Timely',
    application: 'Timely Directory Sync',
    organization: account.name,
    permissions: ['Act for you in this account, with your role'],
    accounts: users.map(({ id, name, email }) => ({ id: String(id), name, signInName: email })),
    label: 'Your account',
    scope: 'You can take them back in Timely at any time.',
  });
}

function decide(context: TimelyContext, request: SimulatedRequest) {
  const { state, faults } = context;
  const { body, query } = request;
  if (textField(body, 'cancel') !== undefined || faults.fires('consentRefused', request)) {
    const description = 'The resource owner or authorization server denied the request.';
    return query.get('redirect_uri') === outOfBand
      ? oauthErrorResponse('access_denied', description)
      : sentBack(query, { error: 'access_denied', error_description: description });
  }
  const user = state.user(Number(textField(body, 'account')));
  if (!user || user.deleted)
    return oauthErrorResponse('invalid_request', 'There is no such user in the account.');
  return codeFor(context, request, user.id);
}

function codeFor(
  { state, faults }: TimelyContext,
  request: SimulatedRequest,
  userId: number,
): SimulatedResponse | Promise<SimulatedResponse> {
  const { query, method } = request;
  const redirectUri = query.get('redirect_uri') ?? '';
  const code = state.oauth.authorize(redirectUri, userId, query.get('code_challenge'));
  if (redirectUri !== outOfBand) {
    const wrong = faults.fires('stateWrong', request) ? { state: randomBytes(16).toString('base64url') } : {};
    return sentBack(query, { code, ...wrong });
  }
  const shown = html`<code id="authorization_code">${code}</code>`;
  if (method === 'POST') return openIdPage(200, 'Authorization code', html`<p>${shown}</p>`);
  return { status: 200, text: String(shown), headers: { 'content-type': 'text/html' } };
}
