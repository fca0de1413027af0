/** `users/delta` and `groups/delta` (docs/reference/microsoft-graph.md section 1). */

import type { Route } from '../../service.ts';
import {
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { type DeltaRound, type PagePosition, readDeltaPage } from '../directory/delta.ts';
import { type DirectoryObject, type ObjectKind, type Relation, relations } from '../directory/objects.ts';
import { badRequest, deltaTokenOf, resourceUnitsOf, selectedProperties } from '../directory/query.ts';
import { expiredCursorResponse } from '../errors.ts';

const relationsOf: Record<ObjectKind, readonly Relation[]> = {
  user: ['manager'],
  group: ['members', 'owners'],
};
const maxFilteredIds = 50;
const dayMs = 24 * 3_600_000;
const start: PagePosition = { position: 0, member: 0 };

export function deltaRoutes(context: MicrosoftContext): Route[] {
  const route = (kind: ObjectKind): Route => ({
    method: 'GET',
    path: `/v1.0/${kind}s/delta`,
    operation: `${kind}s.delta`,
    handle: (request) => delta(context, kind, request),
  });
  return [route('user'), route('group')];
}

function delta(context: MicrosoftContext, kind: ObjectKind, request: SimulatedRequest): SimulatedResponse {
  const token = deltaTokenOf(request);
  if (token === undefined) return pageResponse(context, request, firstRound(context, kind, request), start);
  if (token === 'latest') {
    const round = firstRound(context, kind, request);
    return linkResponse(context, request, round, { value: [], next: null });
  }
  return continueRound(context, kind, request, token);
}

function continueRound(
  context: MicrosoftContext,
  kind: ObjectKind,
  request: SimulatedRequest,
  token: string,
): SimulatedResponse {
  const now = context.clock();
  const cursor = context.tokens.readCursor(token);
  if (cursor?.round.kind !== kind) throw badRequest(now, 'Badly formed token.');
  if (now.getTime() - cursor.issuedMs > context.options.cursorLifetimeDays * dayMs) {
    throw new SimulatedRefusal(expiredCursorResponse(now));
  }
  const others = [...request.query.keys()].filter((name) => name !== '$skiptoken' && name !== '$deltatoken');
  if (others.length > 0) {
    throw badRequest(now, `The query option ${others[0]} is not allowed together with a token.`);
  }
  const { round, position } = cursor;
  if (position) return pageResponse(context, request, round, position);
  if (context.faults.fires('lag', request)) {
    return linkResponse(context, request, { ...round, to: round.from }, { value: [], next: null });
  }
  const from = context.faults.fires('replay', request) ? 1 : round.from;
  return pageResponse(context, request, { ...round, from, to: context.state.objects.version }, start);
}

function firstRound(context: MicrosoftContext, kind: ObjectKind, request: SimulatedRequest): DeltaRound {
  const now = context.clock();
  // `$expand` is ignored on delta, the others are refused (docs/reference/microsoft-graph.md section 1.1).
  for (const option of ['$top', '$orderby', '$search']) {
    if (request.query.has(option))
      throw badRequest(
        now,
        `The query option ${option} is not supported with delta.`,
        'Request_UnsupportedQuery',
      );
  }
  const names = selectedProperties(request, kind, now, relationsOf[kind]);
  return {
    kind,
    from: 0,
    to: context.state.objects.version,
    properties: names.filter((name) => name !== 'id' && !relationsOf[kind].some((known) => known === name)),
    relations: relations.filter((relation) => names.includes(relation)),
    ids: filteredIds(request, now),
  };
}

function filteredIds(request: SimulatedRequest, now: Date): string[] | null {
  const filter = request.query.get('$filter');
  if (filter === null) return null;
  const clauses = filter.split(/\s+or\s+/i).map((clause) => /^\s*id\s+eq\s+'([^']+)'\s*$/i.exec(clause)?.[1]);
  const ids = clauses.filter((id) => id !== undefined);
  if (ids.length === clauses.length && ids.length <= maxFilteredIds) return ids;
  throw badRequest(
    now,
    `Delta takes a filter on id only, with at most ${maxFilteredIds} ids.`,
    'Request_UnsupportedQuery',
  );
}

function pageResponse(
  context: MicrosoftContext,
  request: SimulatedRequest,
  round: DeltaRound,
  position: PagePosition,
): SimulatedResponse {
  if (context.faults.fires('emptyPage', request))
    return linkResponse(context, request, round, { value: [], next: position });
  const minimal = request.headers.get('prefer')?.includes('return=minimal') ?? false;
  const { state, options } = context;
  const shows = (group: DirectoryObject) => state.showsMembers(group);
  const page = readDeltaPage(state.objects, round, position, options.deltaPage, { minimal, shows });
  return linkResponse(context, request, round, page);
}

function linkResponse(
  context: MicrosoftContext,
  request: SimulatedRequest,
  round: DeltaRound,
  { value, next }: { value: Record<string, unknown>[]; next: PagePosition | null },
): SimulatedResponse {
  const issuedMs = context.clock().getTime();
  const collection = `${round.kind}s`;
  const link = (parameter: string, nextRound: DeltaRound, position: PagePosition | null) => {
    const token = context.tokens.cursor({
      issuedMs,
      serial: context.nextSerial(),
      round: nextRound,
      position,
    });
    return `${context.origin()}/v1.0/${collection}/delta?$${parameter}=${token}`;
  };
  const fields =
    round.properties.length > 0 && deltaTokenOf(request) === undefined ? `(${round.properties})` : '';
  const body = {
    '@odata.context': `${context.origin()}/v1.0/$metadata#${collection}${fields}`,
    ...(next
      ? { '@odata.nextLink': link('skiptoken', round, next) }
      : { '@odata.deltaLink': link('deltatoken', { ...round, from: round.to }, null) }),
    value,
  };
  const preference = request.headers.get('prefer')?.includes('return=minimal')
    ? { 'preference-applied': 'return=minimal' }
    : {};
  return jsonResponse(200, body, {
    'x-ms-resource-unit': String(resourceUnitsOf(request, 1)),
    ...preference,
  });
}
