/** `/1.1/accounts` (docs/reference/timely-api.md section 5). */

import type { Route } from '../service.ts';
import { jsonResponse } from '../simulated-response.ts';
import { forbidden } from './errors.ts';
import { showAccount } from './objects.ts';
import type { TimelyContext } from './routing.ts';

export function accountRoutes({ state, clock }: TimelyContext): Route[] {
  const account = () => showAccount(state.account, state.present.length, clock);
  return [
    {
      method: 'GET',
      path: '/1.1/accounts',
      operation: 'accounts.list',
      handle: () => jsonResponse(200, [account()]),
    },
    {
      method: 'GET',
      path: '/1.1/accounts/:id',
      operation: 'accounts.get',
      handle: ({ params }) =>
        Number(params.id) === state.account.id
          ? jsonResponse(200, account())
          : forbidden('You have no access to this account.'),
    },
  ];
}
