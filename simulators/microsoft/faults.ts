/** The switches of the simulated Microsoft. A new one is an entry of this table; a test sets it by its name. */
import { type Answer, type Call, html, isRecord } from '../answer.ts';
import { dropConnection, type FaultDefinition, latency, retryAfterHeader } from '../faults.ts';
import { deltaTokenOf, expiredCursor } from './delta-routes.ts';
import { graphError, signInError } from './errors.ts';

type PageFault = 'emptyPage' | 'lastPageMissing' | 'repeatCursor' | 'foreignNextLink' | 'wallOfNulls';
type CursorFault = 'cursorExpired400' | 'cursorGone410';
type RefusalFault = 'throttle' | 'unavailable' | 'tokenExpired' | 'permissionLost' | 'signInRefused';
type SubscriptionFault = 'subscriptionQuota' | 'notificationsLost';
export type MicrosoftFault =
  | PageFault
  | CursorFault
  | RefusalFault
  | SubscriptionFault
  | 'dropConnection'
  | 'latency';

/** Changes the JSON body of a successful answer; null when the change does not apply to it. */
const rewriteBody =
  (change: (body: Record<string, unknown>, url: string) => Record<string, unknown> | null) =>
  (answer: Answer, { url }: { url: string }): Answer | null => {
    const body = answer.status === 200 && isRecord(answer.json) ? change(answer.json, url) : null;
    return body && { ...answer, json: body };
  };

/** Everything but the id and the links becomes null; removed entries stay as they are. */
function nulled(entry: unknown): unknown {
  if (!isRecord(entry) || '@removed' in entry) return entry;
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [key, key === 'id' || key.includes('@') ? value : null]),
  );
}

export const microsoftFaults = (clock: () => Date): Record<MicrosoftFault, FaultDefinition> => ({
  ...pageFaults,
  ...cursorFaults(clock),
  ...refusals(clock),
  ...subscriptionFaults,
  dropConnection,
  latency,
});

/** Pages that end, go on or look otherwise than they should. */
const pageFaults: Record<PageFault, FaultDefinition> = {
  emptyPage: {
    about: 'A delta page with no entries and a nextLink, as Graph may send at any time.',
    operation: '*.delta',
    make: () => ({}),
  },
  lastPageMissing: {
    about: 'The last page of a delta round comes with neither nextLink nor deltaLink.',
    make: () => ({
      rewrite: rewriteBody(({ '@odata.deltaLink': link, ...body }) => (link === undefined ? null : body)),
    }),
  },
  repeatCursor: {
    about: 'The nextLink of a page is the link of that page itself.',
    make: () => ({
      rewrite: rewriteBody((body, url) =>
        '@odata.nextLink' in body && url.includes('skiptoken') ? { ...body, '@odata.nextLink': url } : null,
      ),
    }),
  },
  foreignNextLink: {
    about: 'The nextLink points to another host.',
    make: () => ({
      rewrite: rewriteBody((body) => {
        const link = body['@odata.nextLink'];
        if (typeof link !== 'string') return null;
        return {
          ...body,
          '@odata.nextLink': link.replace(/^https:\/\/[^/]+/, 'https://graph.attacker.example'),
        };
      }),
    }),
  },
  wallOfNulls: {
    about: '200 with all properties null, as when a permission was lost.',
    make: () => ({
      rewrite: rewriteBody((body) =>
        Array.isArray(body.value) && body.value.length > 0
          ? { ...body, value: body.value.map(nulled) }
          : null,
      ),
    }),
  },
};

const cursorFaults = (clock: () => Date): Record<CursorFault, FaultDefinition> => ({
  cursorExpired400: {
    about: '400 syncStateNotFound for every delta token.',
    make: () => ({ instead: (call) => (deltaTokenOf(call) === undefined ? null : expiredCursor(clock())) }),
  },
  cursorGone410: {
    about: '410 with a Location that has an empty $deltatoken, for every delta token.',
    make: () => ({
      instead: (call) => {
        if (deltaTokenOf(call) === undefined) return null;
        const location = `${new URL(call.url).origin}${call.path}?$deltatoken=`;
        return graphError(clock(), 410, 'SyncStateNotFound', 'The sync state generation is not found.', {
          location,
        });
      },
    }),
  },
});

/** Acted out by the routes of subscriptions and by the notifier. */
const subscriptionFaults: Record<SubscriptionFault, FaultDefinition> = {
  subscriptionQuota: {
    about: '403 for every new subscription: the quota is used up.',
    operation: 'subscriptions.create',
    make: () => ({}),
  },
  notificationsLost: {
    about: 'Notifications are not sent and never come later.',
    operation: 'notifications.send',
    make: () => ({}),
  },
};

/** Refuses everything but signing in. */
const refuseGraph = (refusal: () => Answer) => () => ({
  instead: (call: Call) => (call.operation.startsWith('signIn.') ? null : refusal()),
});

const refusals = (clock: () => Date): Record<RefusalFault, FaultDefinition> => ({
  throttle: {
    about: '429 with Retry-After in seconds, decimals, as a date, or without it (`retryAfter`).',
    make: (setting) => ({
      instead: () =>
        graphError(clock(), 429, 'TooManyRequests', 'Please retry again later.', {
          ...retryAfterHeader(setting, clock()),
          'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
        }),
    }),
  },
  unavailable: {
    about: '503 with an HTML page and no Retry-After.',
    make: () => ({ instead: () => html(503, 'Service Unavailable') }),
  },
  tokenExpired: {
    about: '401 InvalidAuthenticationToken, whatever the token.',
    make: refuseGraph(() => graphError(clock(), 401, 'InvalidAuthenticationToken', 'The token is expired.')),
  },
  permissionLost: {
    about: '403 Authorization_RequestDenied: the permission was taken away.',
    make: refuseGraph(() =>
      graphError(
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
      instead: () => signInError(clock(), 401, 'invalid_client', code, 'Refused by the simulator.'),
    }),
  },
});
