/** The faults of the simulated Okta. Tests set them by name. */
import { clockOff, cutBody, dropConnection, type FaultDefinition, latency } from '../../faults.ts';
import { type OpenIdFault, openIdFaultTable } from '../../openid/faults.ts';
import { htmlResponse, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';
import { invalidTokenResponse, oktaErrorResponse, signInErrorResponse, tooManyResponse } from '../errors.ts';
import { concurrencyHeaders, rateHeaders } from '../rates/rate-limits.ts';
import { type OktaPageFault, oktaPageFaultTable } from './page-faults.ts';

type ResponseFault = 'throttle' | 'tooManyAtOnce' | 'unavailable' | 'readOnlyMode' | 'serverError';
type SignInFault = 'signInRefused' | 'keyRevoked' | 'consentRequired' | 'nonceChanged';
type TokenFault = 'tokenExpired' | 'proofRefused' | 'apiNonce' | 'scopeLost';
type RoleFault = 'adminRoleLost' | 'resourceSetShrunk';
type WireFault = 'dropConnection' | 'cutBody' | 'latency' | 'clockOff' | 'rateHeadersMissing';
type LogFault = 'logLate';
type HookFault = 'hooksLost' | 'hooksTwice' | 'hooksLate' | 'hooksUnordered';
export type OktaFault =
  | OktaPageFault
  | ResponseFault
  | SignInFault
  | TokenFault
  | RoleFault
  | WireFault
  | LogFault
  | HookFault
  | OpenIdFault;

export const oktaFaultTable = (clock: () => Date): Record<OktaFault, FaultDefinition> => ({
  ...oktaPageFaultTable,
  ...responseFaults(clock),
  ...signInFaults,
  ...tokenFaults,
  ...roleFaults,
  ...hookFaults,
  ...openIdFaultTable,
  logLate: carriedOut('Events are stored in the System Log `milliseconds` (60000) later.', 'logs.add'),
  dropConnection,
  cutBody,
  latency,
  clockOff,
  rateHeadersMissing: {
    about: 'Responses have no X-Rate-Limit headers.',
    make: () => ({}),
  },
});

/** For what a route, the authorization or the notifier carries out. */
const carriedOut = (about: string, operation?: string): FaultDefinition => ({
  about,
  ...(operation === undefined ? {} : { operation }),
  make: () => ({}),
});

/** Responds to all requests but sign-ins. */
const insteadOfApi = (responseOf: () => SimulatedResponse) => () => ({
  instead: (request: SimulatedRequest) => (request.operation.startsWith('signIn.') ? null : responseOf()),
});

const responseFaults = (clock: () => Date): Record<ResponseFault, FaultDefinition> => ({
  throttle: {
    about: '429 of a bucket that is used up; it is full again after `retryAfter` seconds (1).',
    make: ({ retryAfter = 1 }) => ({
      instead: () => {
        const seconds = typeof retryAfter === 'number' ? retryAfter : 1;
        const reset = Math.floor(clock().getTime() / 1000) + Math.ceil(seconds);
        return tooManyResponse(rateHeaders(300, 0, reset));
      },
    }),
  },
  tooManyAtOnce: {
    about: '429 for too many requests at one time: limit and remaining are 0.',
    make: () => ({ instead: () => tooManyResponse(concurrencyHeaders(clock())) }),
  },
  unavailable: {
    about: '503 with an HTML page and no headers of Okta.',
    make: () => ({ instead: () => htmlResponse(503, 'Service Unavailable') }),
  },
  readOnlyMode: {
    about: '503 E0000010: the service is in read-only mode.',
    make: insteadOfApi(() => oktaErrorResponse(503, 'E0000010', 'Service is in read only mode')),
  },
  serverError: {
    about: '500 E0000009.',
    make: insteadOfApi(() => oktaErrorResponse(500, 'E0000009', 'Internal Server Error')),
  },
});

const signInFaults: Record<SignInFault, FaultDefinition> = {
  signInRefused: {
    about: 'The token endpoint refuses: 401 invalid_client.',
    operation: 'signIn.token',
    make: () => ({
      instead: () => signInErrorResponse(401, 'invalid_client', 'The client_assertion signature is invalid.'),
    }),
  },
  consentRequired: {
    about: 'The token endpoint refuses: no scope is granted any more.',
    operation: 'signIn.token',
    make: () => ({
      instead: () =>
        signInErrorResponse(400, 'consent_required', 'You are not allowed any of the requested scopes.'),
    }),
  },
  keyRevoked: carriedOut('The token endpoint knows the key no more; tokens live on.', 'signIn.token'),
  nonceChanged: carriedOut('All earlier DPoP nonces are forgotten.', 'signIn.token'),
};

const tokenFaults: Record<TokenFault, FaultDefinition> = {
  tokenExpired: {
    about: '401 E0000011 for every token.',
    make: insteadOfApi(invalidTokenResponse),
  },
  proofRefused: carriedOut('The API refuses DPoP proofs: 400 without JSON, all of it in WWW-Authenticate.'),
  apiNonce: carriedOut('The API asks for a DPoP nonce: 401 use_dpop_nonce.'),
  scopeLost: carriedOut('403 insufficient_scope without a body.'),
};

const roleFaults: Record<RoleFault, FaultDefinition> = {
  adminRoleLost: carriedOut('The app has no administrator role: an empty 200 for users, 403 elsewhere.'),
  resourceSetShrunk: carriedOut(
    'The roles do not reach `percent` (30) of the people and groups any more: lists lack them, reads by id are 404.',
  ),
};

const hookFaults: Record<HookFault, FaultDefinition> = {
  hooksLost: carriedOut('Event hooks are never sent.', 'hooks.send'),
  hooksTwice: carriedOut('Event hooks are sent twice.', 'hooks.send'),
  hooksLate: carriedOut('Event hooks are sent `milliseconds` (60000) later.', 'hooks.send'),
  hooksUnordered: carriedOut('Events of a hook come the other way round.', 'hooks.send'),
};
