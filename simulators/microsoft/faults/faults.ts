/** The faults of the simulated Microsoft. Tests set them by name. */

import {
  clockOff,
  cutBody,
  dropConnection,
  type FaultDefinition,
  latency,
  retryAfterHeader,
} from '../../faults.ts';
import { type OpenIdFault, openIdFaultTable } from '../../openid/faults.ts';
import { htmlResponse, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';
import { deltaTokenOf } from '../directory/query.ts';
import { expiredCursorResponse, graphErrorResponse, signInErrorResponse } from '../errors.ts';
import { type PageFault, pageFaultTable } from './page-faults.ts';

type CursorFault = 'cursorExpired400' | 'cursorGone410' | 'cursorUnavailable';
type RefusalFault =
  | 'throttle'
  | 'unavailable'
  | 'tokenExpired'
  | 'permissionLost'
  | 'signInRefused'
  | 'cannotCount';
type WireFault = 'dropConnection' | 'cutBody' | 'latency' | 'clockOff';
type ConsentFault = 'consentRefused' | 'permissionLeftOut' | 'consentTenantWrong';
type SubscriptionFault = 'subscriptionQuota' | 'notificationsLost';
export type MicrosoftFault =
  | PageFault
  | CursorFault
  | RefusalFault
  | SubscriptionFault
  | WireFault
  | ConsentFault
  | OpenIdFault;

export const microsoftFaultTable = (clock: () => Date): Record<MicrosoftFault, FaultDefinition> => ({
  ...pageFaultTable,
  ...cursorFaults(clock),
  ...refusals(clock),
  ...subscriptionFaults,
  ...consentFaults,
  ...openIdFaultTable,
  dropConnection,
  cutBody,
  latency,
  clockOff,
});

const cursorFaults = (clock: () => Date): Record<CursorFault, FaultDefinition> => ({
  cursorExpired400: {
    about: '400 syncStateNotFound for every delta token.',
    make: () => ({
      instead: (request) => (deltaTokenOf(request) === undefined ? null : expiredCursorResponse(clock())),
    }),
  },
  cursorGone410: {
    about: '410 with a Location that has an empty $deltatoken, for every delta token.',
    make: () => ({
      instead: (request) => {
        if (deltaTokenOf(request) === undefined) return null;
        const location = `${new URL(request.url).origin}${request.path}?$deltatoken=`;
        return graphErrorResponse(
          clock(),
          410,
          'SyncStateNotFound',
          'The sync state generation is not found.',
          {
            location,
          },
        );
      },
    }),
  },
  cursorUnavailable: {
    about: '504 for every stored delta token; rounds from the start go on.',
    make: () => ({
      instead: (request) => (request.query.get('$deltatoken') ? htmlResponse(504, 'Gateway Time-out') : null),
    }),
  },
});

/** Carried out by the routes of subscriptions and by the notifier. */
const subscriptionFaults: Record<SubscriptionFault, FaultDefinition> = {
  subscriptionQuota: {
    about: '403 for each new subscription: the quota is used up.',
    operation: 'subscriptions.create',
    make: () => ({}),
  },
  notificationsLost: {
    about: 'Drops notifications: they are never sent.',
    operation: 'notifications.send',
    make: () => ({}),
  },
};

/** Carried out by the route of the administrator's consent. */
const consentFaults: Record<ConsentFault, FaultDefinition> = {
  consentRefused: {
    about: 'The administrator does not consent: the answer has error=consent_required.',
    operation: 'signIn.adminConsent',
    make: () => ({}),
  },
  permissionLeftOut: {
    about: 'Consent grants all but `permissions` (the first one of the registration).',
    operation: 'signIn.adminConsent',
    make: () => ({}),
  },
  consentTenantWrong: {
    about: 'The answer to a consent names another directory.',
    operation: 'signIn.adminConsent',
    make: () => ({}),
  },
};

/** Refuses all requests but sign-ins. */
const refuseGraph = (refusal: () => SimulatedResponse) => () => ({
  instead: (request: SimulatedRequest) => (request.operation.startsWith('signIn.') ? null : refusal()),
});

const refusals = (clock: () => Date): Record<RefusalFault, FaultDefinition> => ({
  throttle: {
    about: '429 with Retry-After in seconds, decimals, as a date, or without it (`retryAfter`).',
    make: (setting) => ({
      instead: () =>
        graphErrorResponse(clock(), 429, 'TooManyRequests', 'Please retry again later.', {
          ...retryAfterHeader(setting, clock()),
          'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
        }),
    }),
  },
  unavailable: {
    about: '503 with an HTML page and no Retry-After.',
    make: () => ({ instead: () => htmlResponse(503, 'Service Unavailable') }),
  },
  tokenExpired: {
    about: '401 InvalidAuthenticationToken for every token.',
    make: refuseGraph(() =>
      graphErrorResponse(clock(), 401, 'InvalidAuthenticationToken', 'The token is expired.'),
    ),
  },
  permissionLost: {
    about: '403 Authorization_RequestDenied: the permission was revoked.',
    make: refuseGraph(() =>
      graphErrorResponse(
        clock(),
        403,
        'Authorization_RequestDenied',
        'Insufficient privileges to complete the operation.',
      ),
    ),
  },
  signInRefused: {
    about:
      'The token endpoint refuses with the AADSTS number of `code` (default 7000222, an expired secret).',
    operation: 'signIn.token',
    make: ({ code = 7_000_222 }) => ({
      instead: () => signInErrorResponse(clock(), 401, 'invalid_client', code, 'Refused by the simulator.'),
    }),
  },
  cannotCount: {
    about: '400 for each count, as where advanced queries are not available.',
    operation: '*.count',
    make: () => ({
      instead: () =>
        graphErrorResponse(clock(), 400, 'Request_BadRequest', '$count is not currently supported.'),
    }),
  },
});
