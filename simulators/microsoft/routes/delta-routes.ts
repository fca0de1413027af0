/** `users/delta` and `groups/delta` (docs/reference/microsoft-graph.md section 1). */
import { type Call, json, SimulatedRefusal, type SimulatedResponse } from '../../answer.ts';
import type { Route } from '../../service.ts';
import { type DeltaRound, type PagePlace, readDeltaPage } from '../directory/delta.ts';
import { type ObjectKind, type Relation, relations } from '../directory/objects.ts';
import { badRequest, deltaTokenOf, resourceUnitsOf, selected } from '../directory/query.ts';
import { expiredCursor } from '../errors.ts';
import type { MicrosoftFrame } from '../frame.ts';

const relationsOf: Record<ObjectKind, readonly Relation[]> = {
  user: ['manager'],
  group: ['members', 'owners'],
};
const maxFilteredIds = 50;
const dayMs = 24 * 3_600_000;
const start: PagePlace = { place: 0, member: 0 };

export function deltaRoutes(frame: MicrosoftFrame): Route[] {
  const route = (kind: ObjectKind): Route => ({
    method: 'GET',
    path: `/v1.0/${kind}s/delta`,
    operation: `${kind}s.delta`,
    handle: (call) => delta(frame, kind, call),
  });
  return [route('user'), route('group')];
}

function delta(frame: MicrosoftFrame, kind: ObjectKind, call: Call): SimulatedResponse {
  const token = deltaTokenOf(call);
  if (token === undefined) return pageAnswer(frame, call, firstRound(frame, kind, call), start);
  if (token === 'latest') {
    const round = firstRound(frame, kind, call);
    return linkAnswer(frame, call, round, { value: [], next: null });
  }
  return goOn(frame, kind, call, token);
}

function goOn(frame: MicrosoftFrame, kind: ObjectKind, call: Call, token: string): SimulatedResponse {
  const now = frame.clock();
  const cursor = frame.tokens.readCursor(token);
  if (cursor?.round.kind !== kind) throw badRequest(now, 'Badly formed token.');
  if (now.getTime() - cursor.issuedMs > frame.options.cursorLifetimeDays * dayMs) {
    throw new SimulatedRefusal(expiredCursor(now));
  }
  const others = [...call.query.keys()].filter((name) => name !== '$skiptoken' && name !== '$deltatoken');
  if (others.length > 0) {
    throw badRequest(now, `The query option ${others[0]} is not allowed together with a token.`);
  }
  const { round, place } = cursor;
  if (place) return pageAnswer(frame, call, round, place);
  if (frame.faults.fires('lag', call)) {
    return linkAnswer(frame, call, { ...round, to: round.from }, { value: [], next: null });
  }
  const from = frame.faults.fires('replay', call) ? 1 : round.from;
  return pageAnswer(frame, call, { ...round, from, to: frame.state.objects.version }, start);
}

function firstRound(frame: MicrosoftFrame, kind: ObjectKind, call: Call): DeltaRound {
  const now = frame.clock();
  // `$expand` is ignored on delta, the others are refused (docs/reference/microsoft-graph.md section 1.1).
  for (const option of ['$top', '$orderby', '$search']) {
    if (call.query.has(option))
      throw badRequest(
        now,
        `The query option ${option} is not supported with delta.`,
        'Request_UnsupportedQuery',
      );
  }
  const names = selected(call, kind, now, relationsOf[kind]);
  return {
    kind,
    from: 0,
    to: frame.state.objects.version,
    properties: names.filter((name) => name !== 'id' && !relationsOf[kind].some((known) => known === name)),
    relations: relations.filter((relation) => names.includes(relation)),
    ids: filteredIds(call, now),
  };
}

function filteredIds(call: Call, now: Date): string[] | null {
  const filter = call.query.get('$filter');
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

function pageAnswer(
  frame: MicrosoftFrame,
  call: Call,
  round: DeltaRound,
  place: PagePlace,
): SimulatedResponse {
  if (frame.faults.fires('emptyPage', call))
    return linkAnswer(frame, call, round, { value: [], next: place });
  const minimal = call.headers.get('prefer')?.includes('return=minimal') ?? false;
  const page = readDeltaPage(frame.state.objects, round, place, frame.options.deltaPage, minimal);
  return linkAnswer(frame, call, round, page);
}

function linkAnswer(
  frame: MicrosoftFrame,
  call: Call,
  round: DeltaRound,
  { value, next }: { value: Record<string, unknown>[]; next: PagePlace | null },
): SimulatedResponse {
  const issuedMs = frame.clock().getTime();
  const collection = `${round.kind}s`;
  const link = (parameter: string, nextRound: DeltaRound, place: PagePlace | null) => {
    const token = frame.tokens.cursor({ issuedMs, serial: frame.nextSerial(), round: nextRound, place });
    return `${frame.origin()}/v1.0/${collection}/delta?$${parameter}=${token}`;
  };
  const fields =
    round.properties.length > 0 && deltaTokenOf(call) === undefined ? `(${round.properties})` : '';
  const body = {
    '@odata.context': `${frame.origin()}/v1.0/$metadata#${collection}${fields}`,
    ...(next
      ? { '@odata.nextLink': link('skiptoken', round, next) }
      : { '@odata.deltaLink': link('deltatoken', { ...round, from: round.to }, null) }),
    value,
  };
  const preference = call.headers.get('prefer')?.includes('return=minimal')
    ? { 'preference-applied': 'return=minimal' }
    : {};
  return json(200, body, { 'x-ms-resource-unit': String(resourceUnitsOf(call, 1)), ...preference });
}
