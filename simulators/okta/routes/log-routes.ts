/** The System Log (docs/reference/okta-and-sap.md section 1.3). */
import type { Route } from '../../service.ts';
import {
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';
import { type ItemTest, parseFilter } from '../directory/filter.ts';
import { listFrom, nextLink, pageResponse, pageSize, pageStart, takePage } from '../directory/paging.ts';
import { showEvent } from '../directory/show-event.ts';
import type { StoredEvent } from '../directory/system-log.ts';
import { badParameterResponse, forbiddenResponse } from '../errors.ts';

const logsPage = { default: 100, most: 1_000, least: 0 };
const dayMs = 24 * 3_600_000;
const defaultDays = 7;
const keptDays = 90;
const longestDays = 180;

export function logRoutes(context: OktaContext): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/logs',
      operation: 'logs.list',
      handle: (request) =>
        context.accessOf(request).logs ? listEvents(context, request) : forbiddenResponse(),
    },
  ];
}

function listEvents(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { query } = request;
  const isPolling = !query.has('until') && query.get('sortOrder') !== 'DESCENDING';
  const hasBoth = isPolling && query.has('since') && query.has('after');
  if (hasBoth && context.state.behaviour.logNextLink === 'after')
    throw new SimulatedRefusal(badParameterResponse('after', 'since and after exclude each other.'));
  return isPolling ? poll(context, request) : listBounded(context, request);
}

/** In the order of being stored. There is always a next link: it shows what is stored later. */
function poll(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const { state, clock } = context;
  const now = clock();
  const isPublished = request.query.has('after') ? () => true : publishedTest(request, now);
  const fits = eventTest(request);
  const events = state.log.events(now);
  const size = pageSize(context, request, logsPage);
  const page = takePage(
    listFrom(events, pageStart(context, request)),
    (event) => isPublished(event) && fits(event),
    size,
  );
  const next = pollingLink(context, request, page.next ?? events.length);
  return pageResponse(context, request, page.items.map(showEvent), next);
}

function pollingLink(context: OktaContext, request: SimulatedRequest, position: number): string {
  const url = new URL(nextLink(context, request, position));
  if (context.state.behaviour.logNextLink === 'after') url.searchParams.delete('since');
  return url.href;
}

/** By the time of publication; what is stored late may be missing. */
function listBounded(context: OktaContext, request: SimulatedRequest): SimulatedResponse {
  const now = context.clock();
  const isPublished = publishedTest(request, now);
  const fits = eventTest(request);
  const sign = request.query.get('sortOrder') === 'DESCENDING' ? -1 : 1;
  const events = context.state.log
    .events(now)
    .filter((event) => isPublished(event) && fits(event))
    .sort((left, right) => sign * left.published.localeCompare(right.published));
  const start = pageStart(context, request);
  const { items, next } = takePage(listFrom(events, start), () => true, pageSize(context, request, logsPage));
  const link = next === null ? null : nextLink(context, request, next);
  return pageResponse(context, request, items.map(showEvent), link);
}

function publishedTest(request: SimulatedRequest, now: Date): ItemTest<StoredEvent> {
  const untilMs = timeOf(request, 'until') ?? now.getTime();
  const sinceMs = timeOf(request, 'since') ?? untilMs - defaultDays * dayMs;
  if (sinceMs < now.getTime() - longestDays * dayMs)
    throw new SimulatedRefusal(
      badParameterResponse('since', 'The since parameter must be within the last 180 days.'),
    );
  const fromMs = Math.max(sinceMs, now.getTime() - keptDays * dayMs);
  const hasEnd = request.query.has('until');
  return ({ published }) => {
    const publishedMs = Date.parse(published);
    return publishedMs >= fromMs && (!hasEnd || publishedMs < untilMs);
  };
}

function timeOf({ query }: SimulatedRequest, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const timeMs = Date.parse(text);
  if (!Number.isNaN(timeMs)) return timeMs;
  const cause =
    'The date format in your query is not recognized. Please enter dates using ISO8601 string format.';
  throw new SimulatedRefusal(badParameterResponse(name, cause));
}

const attributes = [
  'eventType',
  'uuid',
  'outcome.result',
  'severity',
  'actor.id',
  'target.id',
  'target.type',
];

function eventTest({ query }: SimulatedRequest): ItemTest<StoredEvent> {
  const filter = query.get('filter');
  const words = query.get('q')?.toLowerCase().split(' ') ?? [];
  const test =
    filter === null
      ? () => true
      : parseFilter<StoredEvent>(filter, {
          operators: (attribute) => (attributes.includes(attribute) ? ['eq', 'sw', 'co'] : null),
          valuesOf: valuesOfEvent,
          refuse: () => badLogFilter(filter),
        });
  const hasWords = (event: StoredEvent) => {
    const text = JSON.stringify(event).toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return (event) => test(event) && (words.length === 0 || hasWords(event));
}

/** This one has no link and no causes. */
const badLogFilter = (filter: string): SimulatedResponse =>
  jsonResponse(400, {
    errorCode: 'E0000053',
    errorSummary: `Invalid filter '${filter}'`,
    errorId: 'oaeSimulatedFilter00000',
  });

function valuesOfEvent({ uuid, eventType, targets }: StoredEvent, attribute: string): string[] {
  const values: Record<string, string[]> = {
    uuid: [uuid],
    eventType: [eventType],
    'outcome.result': ['SUCCESS'],
    severity: ['INFO'],
    'actor.id': ['00uadmin000000000001'],
    'target.id': targets.map(({ id }) => id),
    'target.type': targets.map(({ type }) => type),
  };
  return values[attribute] ?? [];
}
