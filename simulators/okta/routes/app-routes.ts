/** The app that people sign in to, its assignments, and the keys of the service app. */
import type { Route } from '../../service.ts';
import {
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';
import type { AppAssignment, OktaUser } from '../directory/objects.ts';
import { listFrom, nextLink, pageResponse, pageSize, pageStart, takePage } from '../directory/paging.ts';
import { showAppGroup, showAppUser } from '../directory/show.ts';
import { forbiddenResponse, notFoundResponse } from '../errors.ts';
import { baseOf } from './user-routes.ts';

/** Small pages unless asked (docs/reference/okta.md section 1). */
const usersPage = { default: 50, most: 500 };
const groupsPage = { default: 20, most: 200, least: 20 };

export function appRoutes(context: OktaContext): Route[] {
  const read = (path: string, operation: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path: `/api/v1/apps${path}`,
    operation,
    handle: (request) => (context.accessOf(request).apps ? handle(request) : forbiddenResponse()),
  });
  return [
    read('/:id', 'apps.get', (request) => readApp(context, request)),
    read('/:id/users', 'apps.users', (request) => listUsers(context, request)),
    read('/:id/groups', 'apps.groups', (request) => listGroups(context, request)),
    read('/:id/credentials/jwks', 'apps.keys', (request) => listKeys(context, request)),
  ];
}

const unknownApp = ({ params }: SimulatedRequest) =>
  new SimulatedRefusal(notFoundResponse(params.id ?? '', 'AppInstance'));

function readApp({ state }: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { app, serviceApp } = state;
  const service = { ...serviceApp, id: serviceApp.clientId, name: 'oidc_client' };
  const found = [{ ...app, name: 'timely' }, service].find(({ id }) => id === request.params.id);
  if (!found) throw unknownApp(request);
  const { id, name, label, created } = found;
  const signOnMode = name === 'timely' ? 'SAML_2_0' : 'OPENID_CONNECT';
  return jsonResponse(200, { id, name, label, status: 'ACTIVE', created, lastUpdated: created, signOnMode });
}

/** Keys have a status and no end (okta-management-openapi-spec, listJwk). */
function listKeys({ state }: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { clientId, keys } = state.serviceApp;
  if (request.params.id !== clientId) throw unknownApp(request);
  const shown = keys.map(({ id, kid, status, created, jwk }) => ({
    ...jwk,
    id,
    kid,
    status,
    use: 'sig',
    created,
    lastUpdated: created,
  }));
  return jsonResponse(200, shown);
}

interface AssignedUser {
  user: OktaUser;
  assignment: AppAssignment;
  scope: 'USER' | 'GROUP';
}

/** Everybody who is assigned, directly or by a group, once. */
function assignedUsers({ state }: OktaContext): AssignedUser[] {
  const { users, groups } = state.app;
  const found = new Map<string, AssignedUser>();
  const add = (id: string, assignment: AppAssignment, scope: 'USER' | 'GROUP') => {
    const user = state.users.get(id);
    const isShown = user?.status !== 'DEPROVISIONED' || state.behaviour.deactivatedAssignments === 'shown';
    if (user && isShown && !found.has(id)) found.set(id, { user, assignment, scope });
  };
  for (const assignment of users.values()) add(assignment.id, assignment, 'USER');
  for (const assignment of groups.values())
    for (const { id } of state.groups.get(assignment.id)?.members.values() ?? [])
      add(id, assignment, 'GROUP');
  return [...found.values()];
}

function listUsers(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const app = appPath(context, request);
  const access = context.accessOf(request);
  const { items, next } = takePage(
    listFrom(assignedUsers(context), pageStart(context, request)),
    ({ user }) => access.sees(user),
    pageSize(context, request, usersPage),
  );
  const base = baseOf(context, request);
  const shown = items.map(({ user, assignment, scope }) => showAppUser(user, assignment, scope, app, base));
  const link = next === null ? null : nextLink(context, request, next);
  return pageResponse(context, request, shown, link);
}

function listGroups(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const app = appPath(context, request);
  const all = context.state.app.groups.values().map((assignment, priority) => ({ assignment, priority }));
  const start = pageStart(context, request);
  const { items, next } = takePage(listFrom(all, start), () => true, pageSize(context, request, groupsPage));
  const base = baseOf(context, request);
  const shown = items.map(({ assignment, priority }) => showAppGroup(assignment, priority, app, base));
  const link = next === null ? null : nextLink(context, request, next);
  return pageResponse(context, request, shown, link);
}

function appPath({ state }: OktaContext, request: SimulatedRequest): string {
  if (request.params.id !== state.app.id) throw unknownApp(request);
  return `/apps/${state.app.id}`;
}
