/** The sign-in of people: Microsoft's errors and answers (docs/reference/openid-connect.md section 2). */
import { randomUUID } from 'node:crypto';
import { refusalPage } from '../../openid/pages.ts';
import { type OpenIdFlavour, OpenIdProvider } from '../../openid/provider.ts';
import { formRoutes, type Route } from '../../service.ts';
import type { SimulatedRequest } from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { signInErrorText } from '../errors.ts';
import { accountsOf } from './accounts.ts';
import { applicationOf, audienceOf } from './applications.ts';
import { unknownTenant } from './discovery-routes.ts';

/** Microsoft says "about ten minutes". */
const codeSeconds = 600;

export function microsoftProvider(context: MicrosoftContext): OpenIdProvider {
  const { state, clock, faults } = context;
  const audienceIn = ({ params }: SimulatedRequest) => audienceOf(state, params.tenant ?? '') ?? 'own';
  const error = (name: string, number: number, message: string) => ({
    error: name,
    error_description: signInErrorText(clock(), number, message),
  });
  const page = (number: number, message: string) =>
    refusalPage(400, signInErrorText(clock(), number, message));
  const flavour: OpenIdFlavour = {
    service: 'Microsoft',
    codeSeconds,
    clock,
    fires: (fault, request) => faults.fires(fault, request),
    client: (request) => {
      const application = applicationOf(state, request.query.get('client_id') ?? '');
      return application?.isMultiTenant || audienceIn(request) === 'own' ? application : null;
    },
    accounts: (request) => accountsOf(state, audienceIn(request)),
    unknownClient: ({ query }) =>
      page(
        700016,
        `Application with identifier '${query.get('client_id')}' was not found in the directory '${state.tenantName}'.`,
      ),
    unknownAddress: ({ query }) =>
      page(
        50011,
        `The redirect URI '${query.get('redirect_uri')}' specified in the request does not match the redirect URIs configured for the application '${query.get('client_id')}'.`,
      ),
    declined: () => error('access_denied', 65004, 'User declined to consent to access the app.'),
    needsPerson: () =>
      error('login_required', 50058, 'A silent sign-in request was sent but no user is signed in.'),
    badRequest: (what) =>
      error('invalid_request', 900144, `The request body must contain the following parameter: '${what}'.`),
    extraAnswer: () => ({ session_state: randomUUID() }),
  };
  return new OpenIdProvider(flavour);
}

export const authorizeRoutes = (context: MicrosoftContext, provider: OpenIdProvider): Route[] =>
  formRoutes({
    path: '/:tenant/oauth2/v2.0/authorize',
    operation: 'signIn.authorize',
    open: true,
    subject: ({ query }) => query.get('client_id'),
    handle: (request) => unknownTenant(context, request) ?? provider.authorize(request),
  });
