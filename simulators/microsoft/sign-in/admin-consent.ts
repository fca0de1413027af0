/**
 * Consent of an administrator for the whole directory
 * (docs/reference/microsoft-graph.md section 7.1, docs/reference/openid-connect.md section 2).
 */
import { consentPage, refusalPage } from '../../openid/pages.ts';
import { isOfThisMachine, sentBack } from '../../openid/redirect.ts';
import { formRoutes, type Route, textField } from '../../service.ts';
import type { SimulatedRequest, SimulatedResponse } from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { signInErrorText } from '../errors.ts';
import { administratorsOf } from './accounts.ts';
import { applicationOf, audienceOf, foreignTenant, type SignInApplication } from './applications.ts';
import { unknownTenant } from './discovery-routes.ts';

/** Only this scope asks for application permissions. */
const everythingRegistered = '/.default';

export const adminConsentRoutes = (context: MicrosoftContext): Route[] =>
  formRoutes({
    path: '/:tenant/v2.0/adminconsent',
    operation: 'signIn.adminConsent',
    open: true,
    changes: true,
    subject: ({ query }) => query.get('client_id'),
    handle: (request) => unknownTenant(context, request) ?? answer(context, request),
  });

function answer(context: MicrosoftContext, request: SimulatedRequest) {
  const { state, clock } = context;
  const { query, method } = request;
  const clientId = query.get('client_id') ?? '';
  const redirectUri = query.get('redirect_uri') ?? '';
  const page = (number: number, message: string) =>
    refusalPage(400, signInErrorText(clock(), number, message));
  const application = applicationOf(state, clientId);
  if (!application) {
    const message = `Application with identifier '${clientId}' was not found in the directory '${state.tenantName}'.`;
    return page(700016, message);
  }
  if (!isOfThisMachine(redirectUri) && !application.redirectUris.includes(redirectUri)) {
    const message = `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${clientId}'.`;
    return page(50011, message);
  }
  if (!query.get('scope')?.endsWith(everythingRegistered))
    return page(70011, 'The provided request must include a scope. The scope is not valid.');
  return method === 'GET' ? showPage(context, request, application) : decide(context, request, application);
}

const administratorsFor = ({ state }: MicrosoftContext, { params }: SimulatedRequest) =>
  administratorsOf(state, audienceOf(state, params.tenant ?? '') ?? 'own');

function showPage(
  context: MicrosoftContext,
  request: SimulatedRequest,
  { name, clientId }: SignInApplication,
) {
  const { app, sharedApp, tenantName } = context.state;
  return consentPage({
    service: 'Microsoft',
    application: name,
    organization: tenantName,
    permissions: clientId === app.clientId ? app.permissions : sharedApp.requested,
    accounts: administratorsFor(context, request),
  });
}

/** Both kinds of answer have `admin_consent=True`. */
function decide(
  context: MicrosoftContext,
  request: SimulatedRequest,
  { clientId }: SignInApplication,
): SimulatedResponse | Promise<SimulatedResponse> {
  const { state, clock, faults } = context;
  const { body, query } = request;
  if (textField(body, 'cancel') !== undefined || faults.fires('consentRefused', request)) {
    const message = 'The resource owner or authorization server denied the request.';
    return sentBack(query, {
      admin_consent: 'True',
      error: 'consent_required',
      error_description: signInErrorText(clock(), 65004, message),
    });
  }
  const administrator = administratorsFor(context, request).find(
    ({ id }) => id === textField(body, 'account'),
  );
  if (!administrator)
    return refusalPage(403, signInErrorText(clock(), 90094, 'The grant requires administrator permission.'));
  const isForeign = administrator.id === foreignTenant.administrator.id;
  if (!isForeign && clientId === state.sharedApp.clientId) grant(context, request);
  const isWrong = faults.fires('consentTenantWrong', request);
  return sentBack(query, {
    admin_consent: 'True',
    tenant: isForeign || isWrong ? foreignTenant.tenantId : state.app.tenantId,
    scope: query.get('scope') ?? '',
    ...(faults.fires('stateWrong', request) ? { state: 'nobody-sent-this' } : {}),
  });
}

/** Grants what the registration asks for. The fault `permissionLeftOut` leaves some of it out. */
function grant({ state: { sharedApp }, faults }: MicrosoftContext, request: SimulatedRequest): void {
  const fault = faults.active().find(({ name }) => name === 'permissionLeftOut');
  const isFaulty = fault !== undefined && faults.fires('permissionLeftOut', request);
  const leftOut = isFaulty ? (fault.setting.permissions ?? sharedApp.requested.slice(0, 1)) : [];
  sharedApp.granted = sharedApp.requested.filter((permission) => !leftOut.includes(permission));
}
