/** Administrator roles (docs/reference/okta.md section 2). */
import type { Route } from '../../service.ts';
import { jsonResponse, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';
import type { OktaUser } from '../directory/objects.ts';
import { listFrom, nextLink, pageResponse, pageSize, pageStart, takePage } from '../directory/paging.ts';
import { showRole } from '../directory/show.ts';
import { forbiddenResponse, notFoundResponse } from '../errors.ts';
import { baseOf } from './user-routes.ts';

const assigneesPage = { default: 100, most: 200 };

export function roleRoutes(context: OktaContext): Route[] {
  const subject = (request: SimulatedRequest) => context.state.label(request.params.id ?? '');
  const read = (path: string, operation: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path: `/api/v1${path}`,
    operation,
    handle: (request) => (context.accessOf(request).roles ? handle(request) : forbiddenResponse()),
    ...(path.includes(':id') ? { subject } : {}),
  });
  return [
    read('/iam/assignees/users', 'roles.assignees', (request) => listAssignees(context, request)),
    read('/users/:id/roles', 'users.roles', (request) => rolesOfUser(context, request)),
    read('/groups/:id/roles', 'groups.roles', (request) => rolesOfGroup(context, request)),
  ];
}

/** With those of the person's groups. Okta may only show the roles of people it knows: no resource set is looked at. */
function rolesOfUser(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { id = '' } = request.params;
  const user = context.state.users.get(id) ?? context.state.byLogin(id);
  if (!user) return notFoundResponse(id, 'User');
  return roleList(context, request, context.state.rolesOf(user.id));
}

function rolesOfGroup(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { id = '' } = request.params;
  if (!context.state.groups.has(id)) return notFoundResponse(id, 'UserGroup');
  const roles = context.state.roleAssignments.filter(({ principalId }) => principalId === id);
  return roleList(context, request, roles);
}

function roleList(
  context: OktaContext,
  request: SimulatedRequest,
  roles: ReturnType<OktaContext['state']['rolesOf']>,
): SimulatedResponse {
  const base = baseOf(context, request);
  const shown = roles.map((role) => showRole(context.state, role, base));
  return pageResponse(context, request, shown, null);
}

/** Pages in the body, without a `Link` header. */
function listAssignees(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { state } = context;
  const isAssignee = ({ id }: OktaUser) =>
    state.behaviour.assigneesByGroup
      ? state.rolesOf(id).length > 0
      : state.roleAssignments.some(({ principalId }) => principalId === id);
  const principals = new Set(state.roleAssignments.map(({ principalId }) => principalId));
  const all = state.users.values().filter((user) => principals.size > 0 && isAssignee(user));
  const start = pageStart(context, request);
  const { items, next } = takePage(
    listFrom(all, start),
    () => true,
    pageSize(context, request, assigneesPage),
  );
  const base = baseOf(context, request);
  const value = items.map(({ id }) => ({
    id,
    orn: `orn:okta:${state.orgId}:users:${id}`,
    _links: { self: { href: `${base}/users/${id}` }, roles: { href: `${base}/users/${id}/roles` } },
  }));
  const links = next === null ? {} : { next: { href: nextLink(context, request, next) } };
  return jsonResponse(200, { value, _links: links });
}
