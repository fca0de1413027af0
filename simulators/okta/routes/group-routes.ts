/** Groups, their members, and rules (docs/reference/okta-and-sap.md section 1.2, docs/reference/okta.md section 6). */
import type { Route } from '../../service.ts';
import {
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';
import { type ItemTest, parseFilter, timeOperators } from '../directory/filter.ts';
import type { OktaGroup } from '../directory/objects.ts';
import { listFrom, nextLink, pageResponse, pageSize, pageStart, takePage } from '../directory/paging.ts';
import { groupStats, showGroup, showRule, showUser } from '../directory/show.ts';
import { badFilterResponse, forbiddenResponse, notFoundResponse } from '../errors.ts';
import { baseOf } from './user-routes.ts';

const groupsPage = { default: 10_000, most: 10_000 };
/** For historical reasons (docs/reference/okta-and-sap.md section 1.2). */
const membersPage = { default: 1_000, most: 1_000 };
const rulesPage = { default: 50, most: 200 };
const staleListMs = 60_000;

export function groupRoutes(context: OktaContext): Route[] {
  const subject = (request: SimulatedRequest) => context.state.label(request.params.id ?? '');
  const read = (path: string, operation: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path: `/api/v1/groups${path}`,
    operation,
    handle: (request) => (context.accessOf(request).groups ? handle(request) : forbiddenResponse()),
    ...(path.startsWith('/:id') ? { subject } : {}),
  });
  return [
    read('', 'groups.list', (request) => listGroups(context, request)),
    read('/rules', 'groups.rules', (request) => listRules(context, request)),
    read('/:id', 'groups.get', (request) =>
      jsonResponse(200, showGroup(groupOf(context, request), baseOf(context, request))),
    ),
    read('/:id/users', 'groups.members', (request) => listMembers(context, request)),
  ];
}

/** Returns the group of the path. @throws SimulatedRefusal when unknown, or beyond the caller's roles */
export function groupOf(context: OktaContext, request: SimulatedRequest): OktaGroup {
  const { id = '' } = request.params;
  const group = context.state.groups.get(id);
  if (group && context.accessOf(request).seesGroup(group)) return group;
  throw new SimulatedRefusal(notFoundResponse(id, 'UserGroup'));
}

function listGroups(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { state } = context;
  const access = context.accessOf(request);
  const fits = groupTest(request);
  const { items, next } = takePage(
    state.groups.from(pageStart(context, request)),
    (group) => access.seesGroup(group) && fits(group),
    pageSize(context, request, groupsPage),
  );
  const base = baseOf(context, request);
  const withStats = request.query.get('expand')?.split(',').includes('stats') ?? false;
  const shown = items.map((group) =>
    showGroup(group, base, withStats ? groupStats(state, group) : undefined),
  );
  const link = next === null ? null : nextLink(context, request, next);
  return pageResponse(context, request, shown, link);
}

const groupOperators = (attribute: string) =>
  attribute === 'lastUpdated' || attribute === 'lastMembershipUpdated'
    ? timeOperators
    : attribute === 'id' || attribute === 'type'
      ? (['eq'] as const)
      : null;

/** `search` also takes the name. */
const searchOperators = (attribute: string) =>
  attribute.startsWith('profile.') ? (['eq', 'sw'] as const) : groupOperators(attribute);

function groupTest({ query }: SimulatedRequest): ItemTest<OktaGroup> {
  const filter = query.get('filter');
  const expression = filter ?? query.get('search');
  const operators = filter === null ? searchOperators : groupOperators;
  if (expression !== null)
    return parseFilter(expression, { operators, valuesOf: valuesOfGroup, refuse: badFilterResponse });
  const prefix = query.get('q')?.toLowerCase() ?? '';
  return ({ profile }) => profile.name.toLowerCase().startsWith(prefix);
}

function valuesOfGroup(group: OktaGroup, attribute: string): string[] {
  const fields: Record<string, unknown> = { ...group };
  const value = attribute.startsWith('profile.')
    ? group.profile[attribute.slice('profile.'.length)]
    : fields[attribute];
  return value === undefined ? [] : [String(value)];
}

/** Whole user objects, deactivated people with them. */
function listMembers(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { state, faults } = context;
  const group = groupOf(context, request);
  const access = context.accessOf(request);
  const isStale = faults.fires('staleList', request);
  const wasAbsent = (id: string) =>
    isStale && state.earlierMembers.before(`${group.id}/${id}`, staleListMs) === false;
  const { items, next } = takePage(
    group.members.from(pageStart(context, request)),
    ({ id }) => {
      const user = state.users.get(id);
      const isSeen = user && (state.behaviour.membersOutside === 'shown' || access.sees(user));
      return Boolean(isSeen) && !wasAbsent(id);
    },
    pageSize(context, request, membersPage),
  );
  const gone = isStale && next === null ? state.goneMembers(group, staleListMs) : [];
  const people = [...items.map(({ id }) => id), ...gone].flatMap((id) => state.users.get(id) ?? []);
  const base = baseOf(context, request);
  const link = next === null ? null : nextLink(context, request, next);
  return pageResponse(
    context,
    request,
    people.map((user) => showUser(user, base)),
    link,
  );
}

function listRules(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const start = pageStart(context, request);
  const size = pageSize(context, request, rulesPage);
  const { items, next } = takePage(listFrom(context.state.rules, start), () => true, size);
  const link = next === null ? null : nextLink(context, request, next);
  return pageResponse(context, request, items.map(showRule), link);
}
