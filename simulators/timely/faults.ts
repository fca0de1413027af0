/** The faults of the simulated Timely. Tests set them by name. */

import {
  countings,
  dropConnection,
  type ErrorShape,
  errorShapes,
  type FaultDefinition,
  latency,
  retryAfterHeader,
} from '../faults.ts';
import {
  droppedResponse,
  htmlResponse,
  isRecord,
  jsonResponse,
  type SimulatedResponse,
} from '../simulated-response.ts';
import { forbidden, oauthErrorResponse, unauthorized, unprocessable } from './errors.ts';
import type { TimelyBehaviour } from './objects.ts';
import { rateCounters } from './rate-counters.ts';

export type TimelyFault =
  | 'throttle'
  | 'unavailable'
  | 'dropConnection'
  | 'responseLost'
  | 'rejectPerson'
  | 'staleList'
  | 'ignoreOffset'
  | 'rowsShift'
  | 'roleKept'
  | 'seatLimit'
  | 'fieldsIgnored'
  | 'errorShape'
  | 'tokenRevoked'
  | 'tokenExpired'
  | 'permissionLost'
  | 'rateLimit'
  | 'consentRefused'
  | 'stateWrong'
  | 'latency';

const tooMany = (headers: Record<string, string>): SimulatedResponse =>
  jsonResponse(429, { errors: { message: 'Too Many Requests' } }, headers);

export function timelyFaultTable(
  clock: () => Date,
  behaviour: () => TimelyBehaviour,
  /** Id of the role of a user who is invited without one. */
  defaultRole: () => number,
): Record<TimelyFault, FaultDefinition> {
  return {
    throttle: {
      about: '429 with Retry-After in seconds, decimals, as a date, or without it (`retryAfter`).',
      make: (setting) => ({ instead: () => tooMany(retryAfterHeader(setting, clock())) }),
    },
    unavailable: {
      about: '502 with the HTML page of a gateway.',
      make: () => ({ instead: () => htmlResponse(502, '502 Bad Gateway') }),
    },
    dropConnection,
    responseLost: {
      about: 'Cuts the connection after the request had its effect.',
      make: () => ({ rewrite: () => droppedResponse }),
    },
    rejectPerson: {
      about: '422 with `fields` (default: the name is invalid) for invitations and updates.',
      operation: 'users.invite',
      make: ({ fields = { name: ['is invalid'] } }) => ({ instead: () => unprocessable(fields) }),
    },
    staleList: {
      about: 'Lists repeat their first response since the fault was set.',
      operation: '*.list',
      make: () => staleLists(),
    },
    ignoreOffset: {
      about: 'Lists ignore `offset` and `page`, and begin at the first row.',
      operation: '*.list',
      make: () => ({}),
    },
    rowsShift: {
      about:
        'Each request for later rows of the users first moves the oldest user to the front, as an update does.',
      operation: 'users.list',
      make: () => ({}),
    },
    roleKept: {
      about: 'Updates respond with 200 and keep the role, as Timely does with fields that it ignores.',
      operation: 'users.update',
      make: () => ({}),
    },
    seatLimit: {
      about: '422 (or `status`) for each invitation: no free seat (or `fields`).',
      operation: 'users.invite',
      make: ({ status = 422, fields = { message: ['There are no free seats in this workspace.'] } }) => ({
        instead: () => ({ ...unprocessable(fields), status }),
      }),
    },
    fieldsIgnored: {
      about:
        'Writes drop the keys `ignored` and respond with 200; a user without a role gets the default one.',
      make: ({ ignored = [] }) => ({
        instead: ({ body }) => {
          const dropped = [isRecord(body) ? (body.user ?? body.team) : null].filter(isRecord);
          const before = JSON.stringify(dropped);
          for (const fields of dropped) {
            for (const key of ignored) delete fields[key];
            if (ignored.includes('role_id') && 'name' in fields) fields.role_id = defaultRole();
          }
          return JSON.stringify(dropped) === before ? null : 'acted';
        },
      }),
    },
    errorShape: {
      about: `Writes the messages of a 422 in another \`shape\`: ${errorShapes.join(', ')}.`,
      make: ({ shape = 'list' }) => ({
        rewrite: (response) => (response.status === 422 ? inShape(response, shape) : null),
      }),
    },
    tokenRevoked: {
      about: '401 for access tokens and invalid_grant for refresh tokens, until the fault is cleared.',
      make: () => ({
        instead: ({ operation }) =>
          operation === 'oauth.token'
            ? oauthErrorResponse(
                'invalid_grant',
                'The provided authorization grant is invalid, expired, or revoked.',
              )
            : unauthorized(behaviour()),
      }),
    },
    tokenExpired: {
      about: '401 for requests with a token; a refresh works.',
      make: () => ({
        instead: ({ operation }) => (operation.startsWith('oauth.') ? null : unauthorized(behaviour())),
      }),
    },
    permissionLost: {
      about: '403: the authorizing user lost the right.',
      make: () => ({
        instead: ({ operation }) =>
          operation.startsWith('oauth.') ? null : forbidden('You are not allowed to do this.'),
      }),
    },
    rateLimit: {
      about: `429 beyond \`perSecond\` requests; \`counting\`: ${countings.join(', ')} (the bucket holds that many and refills as many a second).`,
      make: (setting) => {
        const accepts = rateCounters[setting.counting ?? 'sliding second'](setting.perSecond ?? 5);
        // Real time, not the simulator's clock, which tests may move.
        return {
          instead: () => (accepts(performance.now()) ? null : tooMany(retryAfterHeader(setting, clock()))),
        };
      },
    },
    consentRefused: {
      about: 'The person does not let the application in: the answer is error=access_denied.',
      make: () => ({}),
    },
    stateWrong: {
      about: 'The answer of an authorization has a state that nobody sent.',
      make: () => ({}),
    },
    latency,
  };
}

/**
 * Rewrites `errors`: by field or not, as texts or lists. One documented response is plain text in quotes
 * (docs/reference/timely-api.md section 6).
 */
function inShape(response: SimulatedResponse, shape: ErrorShape): SimulatedResponse {
  const errors = isRecord(response.json) && isRecord(response.json.errors) ? response.json.errors : {};
  const texts = Object.entries(errors).map(([field, messages]) => {
    const text = [messages].flat().join(', ');
    return field === 'message' ? text : `${field} ${text}`;
  });
  const { json: _json, ...rest } = response;
  const shaped: Record<ErrorShape, () => SimulatedResponse> = {
    texts: () =>
      jsonResponse(422, {
        errors: Object.fromEntries(
          Object.entries(errors).map(([key, messages]) => [key, [messages].flat().join(', ')]),
        ),
      }),
    list: () => jsonResponse(422, { errors: texts }),
    text: () => jsonResponse(422, { errors: texts.join('; ') }),
    'plain text': () => ({ ...rest, text: texts.join('; ') }),
    'quoted text': () => jsonResponse(422, texts.join('; ')),
    'below user': () => jsonResponse(422, { errors: { user: errors } }),
  };
  return shaped[shape]();
}

function staleLists() {
  const firstResponses = new Map<string, SimulatedResponse>();
  return {
    rewrite: (response: SimulatedResponse, { path, query }: { path: string; query: URLSearchParams }) => {
      const key = `${path}?${query}`;
      const known = firstResponses.get(key);
      if (!known) firstResponses.set(key, response);
      return known && JSON.stringify(known.json) !== JSON.stringify(response.json) ? known : null;
    },
  };
}
