/** `/1.1/accounts` (docs/reference/timely-api.md section 5). */
import { json } from '../answer.ts';
import type { Route } from '../service.ts';
import { forbidden } from './errors.ts';
import type { TimelyFrame } from './frame.ts';
import { showAccount } from './objects.ts';

export function accountRoutes({ state, clock }: TimelyFrame): Route[] {
  const account = () => showAccount(state.account, state.present.length, clock);
  return [
    {
      method: 'GET',
      path: '/1.1/accounts',
      operation: 'accounts.list',
      handle: () => json(200, [account()]),
    },
    {
      method: 'GET',
      path: '/1.1/accounts/:id',
      operation: 'accounts.get',
      handle: ({ params }) =>
        Number(params.id) === state.account.id
          ? json(200, account())
          : forbidden('You have no access to this account.'),
    },
  ];
}
