/** The simulated Okta: sign-in and Management API over one org. */
import type { Hono } from 'hono';
import { notifyingActions } from '../control.ts';
import type { DirectoryView, SimulatedDirectory } from '../directory.ts';
import { Faults } from '../faults.ts';
import type { HttpsEnvironment } from '../https-server.ts';
import type { Ledger } from '../ledger.ts';
import { type Route, serviceApp } from '../service.ts';
import { outgoingRequest } from '../simulated-response.ts';
import { oktaActions } from './actions.ts';
import { clientActions, hookActions } from './administrator-actions.ts';
import type { OktaContext } from './context.ts';
import { roleLabels } from './directory/show.ts';
import type { OktaState } from './directory/state.ts';
import { oktaErrorResponse } from './errors.ts';
import { type OktaFault, oktaFaultTable } from './faults/faults.ts';
import { HookNotifier } from './hooks/hook-notifier.ts';
import { RateLimits } from './rates/rate-limits.ts';
import { appRoutes } from './routes/app-routes.ts';
import { groupRoutes } from './routes/group-routes.ts';
import { logRoutes } from './routes/log-routes.ts';
import { roleRoutes } from './routes/role-routes.ts';
import { userRoutes } from './routes/user-routes.ts';
import { Authorization } from './sign-in/authorization.ts';
import { authorizeRoutes, discoveryRoutes, oktaProvider } from './sign-in/person-sign-in.ts';
import { tokenRoutes } from './sign-in/token-endpoint.ts';

export interface OktaSimulator extends SimulatedDirectory {
  state: OktaState;
  faults: Faults<OktaFault>;
  notifier: HookNotifier;
}

interface Parts {
  state: OktaState;
  ledger: Ledger;
  /** The true time. The fault `clockOff` moves the service's own clock. */
  clock: () => Date;
  stateChanged(): void;
}

/** Returns the web application and the parts that tests use. */
export function oktaApp({ state, ledger, clock: trueClock, stateChanged }: Parts): {
  app: Hono<HttpsEnvironment>;
  simulator: Omit<OktaSimulator, 'url'>;
} {
  const clock = (): Date => {
    const off = faults.active().find(({ name }) => name === 'clockOff')?.setting.minutes ?? 0;
    return new Date(trueClock().getTime() + off * 60_000);
  };
  const faults: Faults<OktaFault> = new Faults(oktaFaultTable(clock));
  const parts = { state, faults, clock };
  const authorization = new Authorization(parts);
  const limits = new RateLimits(parts);
  const notifier = new HookNotifier({ ...parts, ledger });
  state.log.lateMs = () => lateMs(faults);
  const context: OktaContext = { ...parts, accessOf: (request) => authorization.accessOf(request) };
  const provider = oktaProvider(parts);
  const routes: Route[] = [
    ...userRoutes(context),
    ...groupRoutes(context),
    ...roleRoutes(context),
    ...appRoutes(context),
    ...logRoutes(context),
    ...tokenRoutes(context, provider),
    ...authorizeRoutes(provider),
    ...discoveryRoutes(provider),
  ];
  const app = serviceApp({
    routes,
    faults,
    ledger,
    clock,
    refusal: (request) => authorization.refusal(request),
    around: (request, run) => limits.around(request, run),
    notFound: ({ path }) =>
      oktaErrorResponse(404, 'E0000007', `Not found: Resource not found: ${path} (Endpoint)`),
    stateChanged,
    actions: {
      ...notifyingActions(oktaActions(state), notifier),
      ...clientActions(state, clock),
      ...hookActions(state, notifier),
    },
    summarize: () => summarize(state),
  });
  return { app, simulator: { state, ledger, faults, notifier, view: () => viewOf(state) } };
}

/** How late events are stored, by the fault `logLate`. */
function lateMs(faults: Faults<OktaFault>): number {
  const late = faults.active().find(({ name }) => name === 'logLate');
  const request = outgoingRequest('logs.add', 'POST', 'https://none.invalid');
  return late && faults.fires('logLate', request) ? (late.setting.milliseconds ?? 60_000) : 0;
}

function viewOf({ users, groups, roleAssignments, customRoles, serviceApp }: OktaState): DirectoryView {
  const nameOf = (id: string) =>
    users.get(id)?.profile.displayName ?? groups.get(id)?.profile.name ?? serviceApp.label;
  return {
    users: users.values().map(({ id, status, profile }) => ({
      id,
      status: status === 'DEPROVISIONED' ? 'deleted' : 'live',
      accountEnabled: !['STAGED', 'SUSPENDED', 'DEPROVISIONED'].includes(status),
      displayName: profile.displayName ?? `${profile.firstName} ${profile.lastName}`,
      mail: profile.email ?? null,
      userPrincipalName: profile.login,
      department: profile.department ?? null,
      oktaStatus: status,
      profile,
    })),
    groups: groups.values().map(({ id, profile, members }) => ({
      id,
      displayName: profile.name,
      members: members.values().map((member) => nameOf(member.id)),
      memberIds: members.values().map((member) => member.id),
    })),
    roles: roleAssignments.map(({ principalId, type, roleId }) => ({
      principal: nameOf(principalId),
      role: customRoles.find(({ id }) => id === roleId)?.label ?? roleLabels[type] ?? type,
    })),
  };
}

/** Returns a summary of the org for people. */
function summarize(state: OktaState) {
  const { url, isVerified, eventTypes } = state.hook;
  return { ...viewOf(state), hook: { url, isVerified, eventTypes }, scopes: state.serviceApp.scopes };
}
