/** The simulated Microsoft: sign-in and Graph over one directory. */
import { randomInt } from 'node:crypto';
import type { Hono } from 'hono';
import { notifyingActions } from '../control.ts';
import type { DirectoryView, SimulatedDirectory } from '../directory.ts';
import { Faults } from '../faults.ts';
import type { HttpsEnvironment } from '../https-server.ts';
import type { Ledger } from '../ledger.ts';
import { type Route, serviceApp } from '../service.ts';
import { microsoftActions, notificationActions } from './actions.ts';
import type { MicrosoftContext, MicrosoftOptions } from './context.ts';
import { linkedIds } from './directory/objects.ts';
import type { MicrosoftState } from './directory/state.ts';
import { Tokens } from './directory/tokens.ts';
import { graphErrorResponse } from './errors.ts';
import { type MicrosoftFault, microsoftFaultTable } from './faults/faults.ts';
import { ChangeNotifier } from './notifications/change-notifier.ts';
import { applicationRoutes } from './routes/application-routes.ts';
import { batchRoute } from './routes/batch.ts';
import { deltaRoutes } from './routes/delta-routes.ts';
import { groupRoutes } from './routes/group-routes.ts';
import { roleRoutes } from './routes/role-routes.ts';
import { subscriptionRoutes } from './routes/subscription-routes.ts';
import { graphUserRoutes } from './routes/user-routes.ts';
import { adminConsentRoutes } from './sign-in/admin-consent.ts';
import { graphRefusal } from './sign-in/bearer-tokens.ts';
import { discoveryRoutes } from './sign-in/discovery-routes.ts';
import { authorizeRoutes, microsoftProvider } from './sign-in/person-sign-in.ts';
import { tokenRoute } from './sign-in/token-route.ts';

export interface MicrosoftSimulator extends SimulatedDirectory {
  state: MicrosoftState;
  faults: Faults<MicrosoftFault>;
  /** Tests may change these at any time. */
  options: MicrosoftOptions;
  notifier: ChangeNotifier;
}

interface Parts {
  state: MicrosoftState;
  ledger: Ledger;
  /** The true time. The fault `clockOff` moves the service's own clock. */
  clock: () => Date;
  origin(): string;
  stateChanged(): void;
}

/** Returns the web application and the parts that tests use. */
export function microsoftApp({ state, ledger, clock: trueClock, origin, stateChanged }: Parts): {
  app: Hono<HttpsEnvironment>;
  simulator: Omit<MicrosoftSimulator, 'url'>;
} {
  const clock = (): Date => {
    const off = faults.active().find(({ name }) => name === 'clockOff')?.setting.minutes ?? 0;
    return new Date(trueClock().getTime() + off * 60_000);
  };
  const faults: Faults<MicrosoftFault> = new Faults(microsoftFaultTable(clock));
  const options: MicrosoftOptions = {
    deltaPage: { objects: 200, links: 500 },
    cursorLifetimeDays: 7,
    notificationDelayMs: 5,
  };
  const notifier = new ChangeNotifier({ state, ledger, faults, clock, options });
  const context: MicrosoftContext = {
    state,
    faults,
    tokens: new Tokens(state.app.signingKey),
    notifier,
    clock,
    options,
    origin,
    nextSerial: () => randomInt(2 ** 32),
  };
  const provider = microsoftProvider(context);
  const routes: Route[] = [
    ...deltaRoutes(context),
    ...graphUserRoutes(context),
    ...groupRoutes(context),
    ...roleRoutes(context),
    ...applicationRoutes(context),
    ...subscriptionRoutes(context),
    batchRoute(context, async (request) => app.fetch(request)),
    ...discoveryRoutes(context, provider),
    tokenRoute(context, provider),
    ...authorizeRoutes(context, provider),
    ...adminConsentRoutes(context),
  ];
  const app: Hono<HttpsEnvironment> = serviceApp({
    routes,
    faults,
    ledger,
    clock,
    refusal: (request) => graphRefusal(context, request),
    notFound: ({ path }) =>
      graphErrorResponse(
        clock(),
        400,
        'BadRequest',
        `Resource not found for the segment '${path.split('/').at(-1)}'.`,
      ),
    stateChanged,
    normalizePath,
    actions: {
      ...notifyingActions(microsoftActions(state), notifier),
      ...notificationActions(notifier, options),
    },
    summarize: () => summarize(state),
  });
  return { app, simulator: { state, ledger, faults, options, notifier, view: () => viewOf(state) } };
}

/** Converts `/users('x')` to `/users/x`, keys in parentheses to a segment, and the long name of delta to the short one. */
function normalizePath(path: string): string {
  return path
    .replaceAll('%28', '(')
    .replaceAll('%29', ')')
    .replaceAll('%27', "'")
    .replace(/\/(?:microsoft\.graph\.)?delta(?:\(\))?$/, '/delta')
    .replace(/\((?:id=)?'([^']*)'\)/, '/$1')
    .replace(/\((\w+)='([^']*)'\)/, '/$1=$2');
}

function viewOf({ objects, roleAssignments, roleDefinitions }: MicrosoftState): DirectoryView {
  const present = objects.users.filter(({ status }) => status !== 'purged');
  return {
    users: present.map(({ id, status, properties }) => ({ id, status, ...properties })),
    groups: objects.groups
      .filter(({ status }) => status === 'live')
      .map((group) => ({
        id: group.id,
        displayName: group.properties.displayName,
        members: linkedIds(group, 'members').map((id) => objects.get(id)?.properties.displayName ?? id),
        memberIds: linkedIds(group, 'members'),
      })),
    roles: roleAssignments.map(({ principalId, roleDefinitionId }) => ({
      principal: objects.get(principalId)?.properties.displayName ?? principalId,
      role: roleDefinitions.find(({ id }) => id === roleDefinitionId)?.displayName ?? roleDefinitionId,
    })),
  };
}

/** Returns a summary of the directory for people. */
function summarize(state: MicrosoftState) {
  const { subscriptions } = state;
  return {
    ...viewOf(state),
    subscriptions: subscriptions.map(({ clientState: _, ...subscription }) => subscription),
  };
}
