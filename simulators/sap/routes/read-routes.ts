/** Lists and single reads of users and groups (docs/reference/sap.md sections 3, 4 and 7). */
import type { Route } from '../../service.ts';
import {
  isRecord,
  jsonResponse,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { SapContext } from '../context.ts';
import type { SapKind, SapObject } from '../directory/records.ts';
import { urns } from '../directory/schemas.ts';
import { locationOf, showChildren } from '../directory/shown.ts';
import { isLeftOut } from '../faults/page-faults.ts';
import { asksForChildren, selected, selectionOf } from '../scim/attributes.ts';
import { scimHeaders, scimRefusal } from '../scim/errors.ts';
import { indexAtOrAfter, type ListQuery, listQueryOf } from '../scim/list-query.ts';

export const pathOf: Record<SapKind, string> = { user: '/scim/Users', group: '/scim/Groups' };

export function readRoutes(context: SapContext): Route[] {
  const kinds: SapKind[] = ['user', 'group'];
  return kinds.flatMap((kind): Route[] => [
    {
      method: 'GET',
      path: pathOf[kind],
      operation: `${kind}s.list`,
      handle: (request) => list(context, kind, request, request.query),
    },
    {
      method: 'POST',
      path: `${pathOf[kind]}/.search`,
      operation: `${kind}s.list`,
      handle: (request) => list(context, kind, request, queryOfSearch(request.body)),
    },
    {
      method: 'GET',
      path: `${pathOf[kind]}/:id`,
      operation: `${kind}s.get`,
      subject: ({ params }) => context.state.label(params.id ?? ''),
      handle: (request) => readOne(context, kind, request),
    },
  ]);
}

/** Returns the query of a `.search`, which is the same in a body. */
function queryOfSearch(body: unknown): URLSearchParams {
  const fields = Object.entries(isRecord(body) ? body : {}).filter(([name]) => name !== 'schemas');
  return new URLSearchParams(Object.fromEntries(fields.map(([name, value]) => [name, String(value)])));
}

function list(
  context: SapContext,
  kind: SapKind,
  request: SimulatedRequest,
  query: URLSearchParams,
): SimulatedResponse {
  const selection = selectionOf(query);
  if (asksForChildren(selection))
    throw scimRefusal(400, 'Requesting the children attribute is only supported for single group retrieval');
  const { visible, state } = context;
  const window = listQueryOf(query, state.behaviour.pageMax);
  const all = visible.ids(kind, window.filter, kind === 'user' && wantsBlocked(context, query));
  const ids = withoutSome(context, request, all);
  const start = startOf(context, request, ids, window);
  const shown = ids.slice(start, start + window.count).flatMap((id) => state.get(id) ?? []);
  const resources = shown.map((object) => selected(visible.show(object, true), selection));
  const isFirst = window.startId === null || window.startId === 'initial';
  const hasTotal = isFirst || state.behaviour.totalResults === 'each page';
  const hasResources = resources.length > 0 || state.behaviour.emptyResources === 'list';
  const body = {
    schemas: [urns.list],
    ...(hasTotal ? { totalResults: countOf(context, ids.length) } : {}),
    itemsPerPage: countOf(context, window.count),
    ...place(context, request, ids, start, window),
    ...(hasResources ? { Resources: resources } : {}),
  };
  return jsonResponse(200, body, scimHeaders());
}

const countOf = ({ state }: SapContext, count: number) =>
  state.behaviour.counts === 'texts' ? String(count) : count;

/** Returns `startId` and `nextId`, or `startIndex`. */
function place(
  { faults, state }: SapContext,
  request: SimulatedRequest,
  ids: readonly string[],
  start: number,
  { startId, startIndex, count }: ListQuery,
) {
  if (startId === null) return { startIndex };
  const next = start + count;
  const leavesOut = next < ids.length && faults.fires('pageLeftOut', request);
  const nextId = ids[leavesOut ? next + count : next];
  if (nextId === undefined && state.behaviour.lastNextId === 'absent') return { startId };
  return { startId, nextId: nextId ?? 'end' };
}

/** Returns the index that a page begins with. */
function startOf(
  { state, visible }: SapContext,
  request: SimulatedRequest,
  ids: readonly string[],
  { startId, startIndex }: ListQuery,
): number {
  if (startId === null) return startIndex - 1;
  if (startId === 'initial') return 0;
  const kind: SapKind = request.path.includes('/Groups') ? 'group' : 'user';
  const object = state.get(startId);
  const isThere = object !== undefined && visible.isFound(object, kind, false);
  if (!isThere && state.behaviour.vanishedStartId === 'refused') throw scimRefusal(400, 'Invalid startId');
  return indexAtOrAfter(ids, startId);
}

/** Carries out the fault `fewerObjects`: the same objects are missing on all pages, and from the total. */
function withoutSome(
  { faults }: SapContext,
  request: SimulatedRequest,
  ids: readonly string[],
): readonly string[] {
  const percent = faults.active().find(({ name }) => name === 'fewerObjects')?.setting.percent ?? 30;
  if (!faults.fires('fewerObjects', request)) return ids;
  return ids.filter((id) => !isLeftOut(id, percent));
}

function wantsBlocked({ state: { behaviour } }: SapContext, query: URLSearchParams): boolean {
  if (query.get('blocked') !== 'true') return false;
  if (behaviour.softDelete === 'on') return true;
  if (behaviour.blockedParameter === 'refused') throw scimRefusal(400, 'Unknown parameter blocked');
  return false;
}

const kindNames: Record<SapKind, string> = { user: 'User', group: 'Group' };

export const notFoundRefusal = (kind: SapKind, id: string) =>
  scimRefusal(404, `${kindNames[kind]} ${id} not found`);

/** Returns the object of the path, or refuses with 404. */
export function objectOf(context: SapContext, kind: SapKind, request: SimulatedRequest): SapObject {
  const { id = '' } = request.params;
  const object = context.state.get(id);
  const blocked = kind === 'user' && wantsBlocked(context, request.query);
  if (object && context.visible.isFound(object, kind, blocked)) return object;
  throw notFoundRefusal(kind, id);
}

function readOne(context: SapContext, kind: SapKind, request: SimulatedRequest): SimulatedResponse {
  const object = objectOf(context, kind, request);
  const selection = selectionOf(request.query);
  return object.kind === 'group' && asksForChildren(selection)
    ? single(context, object, 200, showChildren(object, context.visible.showing(false)))
    : single(context, object, 200, selected(context.visible.show(object, false), selection));
}

/** Returns one object with its ETag and location. */
export function single(
  { origin, state }: SapContext,
  object: SapObject,
  status: number,
  body: unknown,
): SimulatedResponse {
  const etag = state.behaviour.versions === 'absent' ? {} : { etag: `"${object.version}"` };
  return jsonResponse(status, body, scimHeaders({ ...etag, location: locationOf(origin(), object) }));
}
