/** The OData query options that the directory needs (docs/reference/microsoft-graph.md sections 2.1 and 2.2). */
import {
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import { graphErrorResponse } from '../errors.ts';
import type { DirectoryObject, ObjectKind } from './objects.ts';
import { defaultProperties, isProperty, shape, typeOf } from './properties.ts';

export const badRequest = (now: Date, message: string, code = 'Request_BadRequest'): SimulatedRefusal =>
  new SimulatedRefusal(graphErrorResponse(now, 400, code, message));

/** Returns the token of a link, undefined on the first request of a round and for an empty token (a 410's Location). */
export const deltaTokenOf = (request: SimulatedRequest): string | undefined =>
  request.query.get('$skiptoken') || request.query.get('$deltatoken') || undefined;

const advanced = (request: SimulatedRequest) =>
  request.headers.get('consistencylevel')?.toLowerCase() === 'eventual';

/** Returns the names in `$select`, or the default properties. Refuses unknown names. */
export function selectedProperties(
  request: SimulatedRequest,
  kind: ObjectKind,
  now: Date,
  alsoAllowed: readonly string[] = [],
): string[] {
  const option = request.query.get('$select');
  if (option === null || option === '') return defaultProperties[kind];
  const names = option.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !isProperty(kind, name) && !alsoAllowed.includes(name));
  if (unknown === undefined) return names;
  throw badRequest(now, `Could not find a property named '${unknown}' on type 'microsoft.graph.${kind}'.`);
}

const clausePattern =
  /\s*(?:(\w+)\s+(eq|in)\s+('(?:[^']|'')*'|\((?:'(?:[^']|'')*'|[^')])*\)|null|true|false)|startswith\((\w+),\s*('(?:[^']|'')*')\))\s*(and|or|$)/iy;
const literalPattern = /'((?:[^']|'')*)'/g;
const maxInValues = 15;
const noStartsWith = ['department'];

type Test = (object: Record<string, unknown>) => boolean;

/** Returns the test of a `$filter` with `eq`, `in` and `startswith`, joined by `and` or by `or`; null without one. */
export function filterTest(request: SimulatedRequest, now: Date): Test | null {
  const filter = request.query.get('$filter');
  if (filter === null) return null;
  const tests: Test[] = [];
  const joints = new Set<string>();
  clausePattern.lastIndex = 0;
  while (clausePattern.lastIndex < filter.length) {
    const match = clausePattern.exec(filter);
    if (!match) throw badRequest(now, 'Invalid filter clause.', 'Request_UnsupportedQuery');
    tests.push(clauseTest(match, request, now));
    if (match[6]) joints.add(match[6].toLowerCase());
  }
  if (joints.size > 1)
    throw badRequest(now, 'The simulator takes `and` or `or`, not both.', 'Request_UnsupportedQuery');
  return joints.has('or')
    ? (object) => tests.some((test) => test(object))
    : (object) => tests.every((test) => test(object));
}

function clauseTest(match: RegExpExecArray, request: SimulatedRequest, now: Date): Test {
  const [, property, operator, value = '', startsWithProperty, startsWithText] = match;
  if (startsWithProperty !== undefined) {
    if (noStartsWith.includes(startsWithProperty)) {
      throw badRequest(
        now,
        `Unsupported filter on property '${startsWithProperty}'.`,
        'Request_UnsupportedQuery',
      );
    }
    const start = literals(startsWithText ?? '')[0] ?? '';
    return (object) => comparable(object[startsWithProperty]).startsWith(comparable(start));
  }
  const wanted = operator?.toLowerCase() === 'in' ? literals(value) : [literal(value)];
  if (wanted.length > maxInValues && !advanced(request)) {
    throw badRequest(
      now,
      `Too many child clauses specified in search filter expression: ${wanted.length}.`,
      'Request_UnsupportedQuery',
    );
  }
  return (object) => wanted.some((text) => comparable(object[property ?? '']) === comparable(text));
}

const literals = (text: string) =>
  [...text.matchAll(literalPattern)].map((match) => (match[1] ?? '').replaceAll("''", "'"));
const literal = (text: string): unknown =>
  text.startsWith("'") ? literals(text)[0] : ({ true: true, false: false }[text.toLowerCase()] ?? null);
/** Text compares in any letter case; null equals only null. */
const comparable = (value: unknown) =>
  value === null || value === undefined ? '\u0000' : String(value).toLowerCase();

/** The properties that a `$filter` can test. */
const filterable = (object: DirectoryObject) => ({ ...object.properties, id: object.id });

interface Listing {
  origin: string;
  /** What follows `$metadata#`, such as `users`. */
  odataContext: string;
  resourceUnits: number;
  now: Date;
}

/** Returns one page of a list of objects, by `$filter`, `$top` and `$count`. The nextLink repeats all parameters. */
export function listObjects(
  request: SimulatedRequest,
  all: readonly DirectoryObject[],
  show: (object: DirectoryObject) => Record<string, unknown>,
  listing: Listing,
): SimulatedResponse {
  const filter = filterTest(request, listing.now);
  const fits = (object: DirectoryObject) =>
    object.status === 'live' && (!filter || filter(filterable(object)));
  return list(request, all, fits, show, listing);
}

/** Returns one page of any list. */
export function list<Item>(
  request: SimulatedRequest,
  all: readonly Item[],
  fits: (item: Item) => boolean,
  show: (item: Item) => Record<string, unknown>,
  { origin, odataContext, resourceUnits, now }: Listing,
): SimulatedResponse {
  const top = pageSize(request, now);
  const start = Number(Buffer.from(request.query.get('$skiptoken') ?? '', 'base64url').toString() || 0);
  const value: Record<string, unknown>[] = [];
  let position = start;
  for (; position < all.length; position += 1) {
    const item = all[position];
    if (item === undefined || !fits(item)) continue;
    if (value.length === top) break;
    value.push(show(item));
  }
  const counted = start === 0 && advanced(request) && request.query.get('$count') === 'true';
  const body = {
    '@odata.context': `${origin}/v1.0/$metadata#${odataContext}`,
    ...(counted ? { '@odata.count': all.filter(fits).length } : {}),
    ...(position < all.length ? { '@odata.nextLink': nextLink(request, origin, position) } : {}),
    value,
  };
  return jsonResponse(200, body, { 'x-ms-resource-unit': String(resourceUnitsOf(request, resourceUnits)) });
}

function pageSize(request: SimulatedRequest, now: Date): number {
  const option = request.query.get('$top');
  if (option === null) return 100;
  const top = Number(option);
  if (Number.isInteger(top) && top >= 1 && top <= 999) return top;
  throw badRequest(now, `Invalid page size specified: '${option}'. Must be between 1 and 999 inclusive.`);
}

function nextLink(request: SimulatedRequest, origin: string, position: number): string {
  const kept = [...request.query].filter(([name]) => name !== '$skiptoken');
  const parameters = [...kept, ['$skiptoken', Buffer.from(String(position)).toString('base64url')]];
  const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&');
  return `${origin}${encodeURI(request.path)}?${query}`;
}

/** `$select` makes a read cheaper, `$expand` dearer (docs/reference/microsoft-graph.md section 4). */
export function resourceUnitsOf(request: SimulatedRequest, base: number): number {
  const { query } = request;
  const top = Number(query.get('$top') ?? 100);
  return Math.max(
    1,
    base - (query.has('$select') ? 1 : 0) + (query.has('$expand') ? 1 : 0) - (top < 20 ? 1 : 0),
  );
}

/** Returns the number of matching objects as text. Needs `ConsistencyLevel: eventual`. */
export function countResponse(
  request: SimulatedRequest,
  all: readonly DirectoryObject[],
  now: Date,
): SimulatedResponse {
  if (!advanced(request)) throw badRequest(now, '$count is not currently supported.');
  const filter = filterTest(request, now);
  const fitting = all.filter((object) => object.status === 'live' && (!filter || filter(filterable(object))));
  return {
    status: 200,
    text: String(fitting.length),
    headers: { 'content-type': 'text/plain', 'x-ms-resource-unit': '1' },
  };
}

/** Returns an object as lists of mixed kinds show it: with its type and the properties of its kind. */
export const showTyped = (object: DirectoryObject, select: string[] | null) => ({
  ...shape(
    object,
    (select ?? defaultProperties[object.kind]).filter((name) => isProperty(object.kind, name)),
  ),
  '@odata.type': typeOf(object),
});
