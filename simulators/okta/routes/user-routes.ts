/** Users (docs/reference/okta-and-sap.md section 1.2, docs/reference/okta.md section 6). */
import type { Route } from '../../service.ts';
import {
  isRecord,
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';
import { type ItemTest, parseFilter, timeOperators } from '../directory/filter.ts';
import type { OktaUser } from '../directory/objects.ts';
import {
  linkOf,
  listFrom,
  nextLink,
  pageResponse,
  pageSize,
  pageStart,
  takePage,
} from '../directory/paging.ts';
import { etagOf, showGroup, showSingleUser, showUser } from '../directory/show.ts';
import { badFilterResponse, notFoundResponse } from '../errors.ts';

const usersPage = { default: 200, most: 200 };
/** How old a list is that the fault `staleList` spoils. */
const staleListMs = 60_000;

/** Returns what links in responses begin with. */
export const baseOf = (context: OktaContext, request: SimulatedRequest): string =>
  `${linkOf(context, request).origin}/api/v1`;

export function userRoutes(context: OktaContext): Route[] {
  const subject = (request: SimulatedRequest) => context.state.label(request.params.id ?? '');
  const read = (path: string, operation: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path: `/api/v1/users${path}`,
    operation,
    handle,
    ...(path === '' ? {} : { subject }),
  });
  return [
    read('', 'users.list', (request) => listUsers(context, request)),
    read('/:id', 'users.get', (request) => {
      const shown = showSingleUser(userOf(context, request), baseOf(context, request));
      return jsonResponse(200, shown, { etag: etagOf(shown) });
    }),
    read('/:id/groups', 'users.groups', (request) => listGroupsOf(context, request)),
  ];
}

/** Returns the user of the path, by id or login. @throws SimulatedRefusal when unknown, or beyond the caller's roles */
export function userOf(context: OktaContext, request: SimulatedRequest): OktaUser {
  const { id = '' } = request.params;
  const user = context.state.users.get(id) ?? context.state.byLogin(id);
  if (user && context.accessOf(request).sees(user)) return user;
  throw new SimulatedRefusal(notFoundResponse(id, 'User'));
}

/** Without a role that sees anybody, this is an empty list and no refusal (docs/reference/okta-and-sap.md section 1.4). */
function listUsers(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { state, faults } = context;
  const { query } = request;
  const access = context.accessOf(request);
  const fits = userTest(request);
  const lagMs = query.has('search')
    ? state.behaviour.searchLagMs
    : faults.fires('staleList', request)
      ? staleListMs
      : 0;
  /** Null: the list does not know the user yet. */
  const shownAs = (user: OktaUser): OktaUser | null => {
    const earlier = lagMs === 0 ? undefined : state.earlierUsers.before(user.id, lagMs);
    return earlier === undefined ? user : earlier;
  };
  const { items, next } = takePage(
    state.users.from(pageStart(context, request)),
    (user) => {
      const shown = shownAs(user);
      return shown !== null && access.sees(user) && fits(shown);
    },
    pageSize(context, request, usersPage),
  );
  const base = baseOf(context, request);
  const shown = items.map((user) => selected(showUser(shownAs(user) ?? user, base), query.get('fields')));
  const link = next === null || query.has('q') ? null : nextLink(context, request, next);
  return pageResponse(context, request, shown, link);
}

const texts = ['profile.firstName', 'profile.lastName', 'profile.email', 'profile.login'];

/** The seven attributes of `filter` (docs/reference/okta.md section 6). */
const filterOperators = (attribute: string) =>
  attribute === 'lastUpdated'
    ? timeOperators
    : ['id', 'status', ...texts].includes(attribute)
      ? (['eq'] as const)
      : null;

const searchOperators = (attribute: string) =>
  ['created', 'activated', 'statusChanged', 'lastUpdated'].includes(attribute)
    ? timeOperators
    : texts.includes(attribute)
      ? (['eq', 'sw', 'co'] as const)
      : ['id', 'status'].includes(attribute) || attribute.startsWith('profile.')
        ? (['eq', 'sw'] as const)
        : null;

/** The plain list and `q` leave deactivated people out; `filter` and `search` do not. */
function userTest({ query }: SimulatedRequest): ItemTest<OktaUser> {
  const filter = query.get('filter');
  const expression = filter ?? query.get('search');
  if (expression !== null) {
    const operators = filter === null ? searchOperators : filterOperators;
    return parseFilter(expression, { operators, valuesOf: valuesOfUser, refuse: badFilterResponse });
  }
  const prefix = query.get('q')?.toLowerCase();
  const begins = (user: OktaUser, attribute: string) =>
    valuesOfUser(user, attribute).some((value) => value.toLowerCase().startsWith(prefix ?? ''));
  return (user) =>
    user.status !== 'DEPROVISIONED' &&
    (prefix === undefined || texts.slice(0, 3).some((name) => begins(user, name)));
}

function valuesOfUser(user: OktaUser, attribute: string): string[] {
  const fields: Record<string, unknown> = { ...user };
  const value = attribute.startsWith('profile.')
    ? user.profile[attribute.slice('profile.'.length)]
    : fields[attribute];
  return value === undefined || value === null ? [] : [String(value)];
}

/** Applies `fields=id,status,profile:(login,email)`. The id always comes. */
function selected(shown: Record<string, unknown>, fields: string | null): Record<string, unknown> {
  if (fields === null) return shown;
  const inner = /profile:\(([^)]*)\)/.exec(fields);
  const names = ['id', ...fields.replace(/profile:\([^)]*\)/, inner ? 'profile' : '').split(',')];
  const kept = Object.fromEntries(Object.entries(shown).filter(([name]) => names.includes(name)));
  if (!inner || !isRecord(shown.profile)) return kept;
  const attributes = inner[1]?.split(',') ?? [];
  const profile = Object.entries(shown.profile).filter(([name]) => attributes.includes(name));
  return { ...kept, profile: Object.fromEntries(profile) };
}

function listGroupsOf(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { state } = context;
  const user = userOf(context, request);
  const access = context.accessOf(request);
  const groups = state.groupsOf(user.id).filter((group) => access.seesGroup(group));
  const size = state.behaviour.userGroupsPage ?? groups.length;
  const start = pageStart(context, request);
  const { items, next } = takePage(listFrom(groups, start), () => true, Math.max(size, 1));
  const base = baseOf(context, request);
  const link = next === null ? null : nextLink(context, request, next);
  return pageResponse(
    context,
    request,
    items.map((group) => showGroup(group, base)),
    link,
  );
}
