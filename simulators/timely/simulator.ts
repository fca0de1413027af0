/** The simulated Timely: OAuth and API over one account. */
import type { Hono } from 'hono';
import { Faults } from '../faults.ts';
import type { HttpsEnvironment } from '../https-server.ts';
import type { Ledger } from '../ledger.ts';
import { serviceApp } from '../service.ts';
import type { SimulatedRequest, SimulatedResponse } from '../simulated-response.ts';
import { accountRoutes } from './account-routes.ts';
import { timelyActions } from './actions.ts';
import { forbidden, notFound, unauthorized } from './errors.ts';
import { type TimelyFault, timelyFaultTable } from './faults.ts';
import { bearerOf, oauthRoutes } from './oauth-routes.ts';
import { showUser } from './objects.ts';
import type { TimelyContext } from './routing.ts';
import type { TimelyState } from './state.ts';
import { teamRoutes } from './team-routes.ts';
import { timelyUserRoutes } from './user-routes.ts';

export interface TimelySimulator {
  url: string;
  state: TimelyState;
  ledger: Ledger;
  faults: Faults<TimelyFault>;
}

interface Parts {
  state: TimelyState;
  ledger: Ledger;
  clock: () => Date;
  stateChanged(): void;
}

/** Returns the web application and the parts that tests use. */
export function timelyApp({ state, ledger, clock, stateChanged }: Parts): {
  app: Hono<HttpsEnvironment>;
  simulator: Omit<TimelySimulator, 'url'>;
} {
  const faults = new Faults(
    timelyFaultTable(
      clock,
      () => state.behaviour,
      () => state.roles.find((role) => role.default)?.id ?? 0,
    ),
  );
  const context: TimelyContext = { state, faults, clock };
  const app = serviceApp({
    routes: [
      ...oauthRoutes(context),
      ...accountRoutes(context),
      ...timelyUserRoutes(context),
      ...teamRoutes(context),
    ],
    faults,
    ledger,
    clock,
    refusal: (request) => refusal(context, request),
    notFound,
    stateChanged,
    actions: timelyActions(state),
    summarize: () => summarize(state),
  });
  return { app, simulator: { state, ledger, faults } };
}

/** Returns 401 without a live token; 403 for another account, a removed user, or a write by a user who is not an admin. */
function refusal(context: TimelyContext, request: SimulatedRequest): SimulatedResponse | null {
  const { state } = context;
  const user = state.user(bearerOf(context, request)?.userId ?? 0);
  if (!user) return unauthorized(state.behaviour);
  const { account } = request.params;
  if (user.deleted || (account !== undefined && Number(account) !== state.account.id)) {
    return forbidden('You have no access to this account.');
  }
  const writes = account !== undefined && request.method !== 'GET';
  return writes && state.role(user.role_id)?.name !== 'admin'
    ? forbidden('You are not allowed to do this.')
    : null;
}

/** Returns a summary of the account for people. */
function summarize(state: TimelyState) {
  const { account, behaviour, present, removed, teams } = state;
  const show = (user: TimelyState['present'][number]) => ({
    ...showUser(user, state.role(user.role_id)),
    mails: state.mailsTo(user.email),
  });
  return {
    account,
    behaviour,
    users: present.map(show),
    removed: removed.map(show),
    teams: teams.map(({ id, name, external_id, users }) => ({
      id,
      name,
      external_id,
      members: users.map(({ user_id, lead, hide_hours }) => ({
        email: state.user(user_id)?.email ?? user_id,
        lead,
        hide_hours,
      })),
    })),
  };
}
