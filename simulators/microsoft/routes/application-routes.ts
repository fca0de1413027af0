/** The application's registration, which shows when its client secret ends. */

import type { Route } from '../../service.ts';
import { jsonResponse, type SimulatedRequest } from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { notFoundRefusal } from './user-routes.ts';

/** Returns the route of `/applications(appId='…')`, with the fields of the published type definitions of v1.0. */
export function applicationRoutes(context: MicrosoftContext): Route[] {
  return [
    {
      method: 'GET',
      path: '/v1.0/applications/:id',
      operation: 'applications.get',
      handle: (request) => jsonResponse(200, application(context, request)),
    },
  ];
}

function application({ state, clock, origin }: MicrosoftContext, { params, query }: SimulatedRequest) {
  const { clientId, clientSecret, secretEndsAt } = state.app;
  const { id = '' } = params;
  if (id !== `appId=${clientId}`) throw notFoundRefusal(clock(), id);
  const whole: Record<string, unknown> = {
    id: 'b0a3c1d2-0f4e-4a6b-9c8d-7e6f5a4b3c2d',
    appId: clientId,
    displayName: 'Timely Directory Sync',
    passwordCredentials: [
      {
        customKeyIdentifier: null,
        displayName: 'sync',
        endDateTime: secretEndsAt,
        hint: clientSecret.slice(0, 3),
        keyId: '4f1d2c3b-5a69-4788-9b0a-1c2d3e4f5a6b',
        secretText: null,
        startDateTime: '2026-01-01T00:00:00Z',
      },
    ],
    keyCredentials: [],
  };
  const selected = query.get('$select')?.split(',') ?? Object.keys(whole);
  const shown = Object.entries(whole).filter(([name]) => selected.includes(name));
  return {
    '@odata.context': `${origin()}/v1.0/$metadata#applications/$entity`,
    ...Object.fromEntries(shown),
  };
}
