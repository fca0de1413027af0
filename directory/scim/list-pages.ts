/** Lists that are read page by page, by the ids of their objects, and what shows that they are whole. */
import { z } from 'zod';
import { ContractError, type SyncError, TransientError } from '../../domain/errors.ts';
import { formatCount } from '../../domain/text.ts';
import { defaultPagesMax } from '../paging.ts';
import { firstListPlace, firstStartId, type ListPlace, SeenIds } from './list-place.ts';
import { modifiedAfter } from './scim-filter.ts';
import { isScimError, type ScimResponse } from './scim-response.ts';

/** What of a client reads lists. */
export interface ScimService {
  /** A GET of a path (`/Users?count=100`); the response, whatever its status. */
  send(path: string, operation: string): Promise<ScimResponse>;
  /** What an unsuccessful response means. */
  errorOf(response: ScimResponse, operation: string): SyncError;
}

export interface ScimList {
  /** `/Users`, with its parameters but those of the page. */
  path: string;
  parameters?: Record<string, string>;
  /** For messages: `GET /Users`. */
  operation: string;
}

export interface ScimPage {
  /** Where the page begins: the first one once more when the list began again. */
  startId: string;
  resources: unknown[];
  /** Where the list goes on; null behind its last page. */
  next: ListPlace | null;
  total: number;
  /** The service's clock at the time of the response; null when it does not say. */
  sentAtMs: number | null;
}

/** The most that services of SAP give at once (docs/reference/okta-and-sap.md section 2.2). */
const pageSize = 100;
const lastNextId = 'end';
/** An object that a page begins with may vanish before the page is read, some times in a large directory. */
const restartsMax = 5;

/** A list may show a change this much later than its time says, and clocks differ. */
const overlapMs = 5 * 60_000;

/** Some services write numbers as texts. */
const wholeNumber = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);
const listResponse = z.looseObject({
  totalResults: wholeNumber.nullish(),
  nextId: z.string().nullish(),
  Resources: z.array(z.unknown()).nullish(),
});
const identified = z.looseObject({ id: z.string() });

/**
 * Reads a list to its end, also past empty pages. It is whole: as many objects as the service counts on the first and on the
 * last page, none twice. Where these differ, somebody came or went meanwhile: the last page then has who came too
 * (`latecomers`). A refused page begins the list again, and pages come again then.
 * @throws ContractError when the list does not prove itself, CursorExpiredError when it has to be read in one go, and what
 *   `errorOf` makes of a response
 */
export const readScimList = (service: ScimService, list: ScimList, place: ListPlace = firstListPlace) =>
  readPages(service, list, place, latecomers);

/** Returns what the pages lack. */
type Settle = (service: ScimService, list: ScimList, read: ListRead) => Promise<unknown[]>;

interface ListRead {
  seen: SeenIds;
  /** When the first page was sent, by the service's clock. */
  begunMs: number;
  counts: Counts;
}

async function* readPages(
  service: ScimService,
  list: ScimList,
  place: ListPlace,
  settle: Settle,
): AsyncGenerator<ScimPage, void, undefined> {
  const { operation } = list;
  let state = place;
  let seen = new SeenIds(state);
  let begunMs = Date.now();
  const followed = new Set<string>();
  for (;;) {
    if (followed.has(state.startId) || followed.size === defaultPagesMax) throw endless(operation, followed);
    followed.add(state.startId);
    const response = await service.send(pathOf(list, state.startId), operation);
    if (state.startId !== firstStartId && isScimError(response, 400)) {
      if (state.restarts === restartsMax) throw refusedTooOften(operation);
      state = { ...firstListPlace, restarts: state.restarts + 1 };
      seen = new SeenIds(state);
      followed.clear();
      continue;
    }
    const page = pageOf(service, response, { operation, collected: state.collected });
    if (state.startId === firstStartId) begunMs = page.sentAtMs ?? Date.now();
    const total = state.total ?? page.total;
    if (total === null)
      throw new ContractError(`${operation}: the list does not say how many objects it has.`);
    for (const id of idsOf(page.resources)) seen.add(id, operation);
    const collected = state.collected + page.resources.length;
    const isLast = page.nextId === lastNextId;
    const counts = { operation, collected, first: total, last: page.total ?? total };
    const late = isLast && !isWhole(counts) ? await settle(service, list, { seen, begunMs, counts }) : [];
    const { startId } = state;
    state = { ...state, total, collected, startId: page.nextId, ...seen.state };
    const resources = [...page.resources, ...late];
    yield { startId, resources, next: isLast ? null : state, total, sentAtMs: page.sentAtMs };
    if (isLast) return;
  }
}

/** The service's own count of the objects of a list. */
export async function countScimList(service: ScimService, list: ScimList): Promise<number | null> {
  const path = withQuery(list, { startIndex: '1', count: '1' });
  const response = await service.send(path, list.operation);
  return contentOf(service, response, list.operation).totalResults ?? null;
}

const pathOf = (list: ScimList, startId: string): string =>
  withQuery(list, { startId, count: String(pageSize) });

/** A blank as `%20`, which every service reads. */
function withQuery({ path, parameters = {} }: ScimList, page: Record<string, string>): string {
  const query = new URLSearchParams({ ...parameters, ...page });
  return `${path}?${query.toString().replaceAll('+', '%20')}`;
}

function pageOf(
  service: ScimService,
  response: ScimResponse,
  { operation, collected }: { operation: string; collected: number },
) {
  const { totalResults, nextId: given, Resources } = contentOf(service, response, operation);
  const resources = Resources ?? [];
  const total = totalResults ?? null;
  // A list that has come to its end by its own count needs no other sign of it.
  const isEnd = total === collected + resources.length;
  const nextId = given || (isEnd ? lastNextId : null);
  // Without it the list would end here, and whoever is behind would look deleted.
  if (nextId === null)
    throw new ContractError(`${operation}: a page does not say where the next one begins.`);
  const sentAtMs = Date.parse(response.headers.get('date') ?? '');
  return { nextId, resources, total, sentAtMs: Number.isNaN(sentAtMs) ? null : sentAtMs };
}

function contentOf(service: ScimService, response: ScimResponse, operation: string) {
  if (response.status !== 200) throw service.errorOf(response, operation);
  if (response.body === undefined)
    throw new TransientError(
      `${operation}: the response was cut off, is larger than any page, or is not JSON.`,
    );
  const { data } = listResponse.safeParse(response.body);
  if (!data) throw new ContractError(`${operation}: the response is not a list of SCIM.`);
  return data;
}

interface Counts {
  operation: string;
  collected: number;
  first: number;
  last: number;
}

const isWhole = ({ collected, first, last }: Counts): boolean => collected === first && first === last;

/**
 * Objects that came while a list was read, onto a page that was read before: they are among those that changed since. With
 * them the list is whole when it has as many objects as the service counts now. Somebody who was read and then deleted is one
 * too many: only another read shows who it was.
 */
const latecomers: Settle = async (service, list, { seen, begunMs, counts }) => {
  const { collected } = counts;
  const since = modifiedAfter(new Date(begunMs - overlapMs).toISOString());
  const { filter, ...others } = list.parameters ?? {};
  const parameters = { ...others, filter: filter === undefined ? since : `${filter} and ${since}` };
  const late = new Map<string, unknown>();
  for await (const { resources } of readPages(service, { ...list, parameters }, firstListPlace, strictly)) {
    for (const resource of resources)
      for (const id of idsOf([resource])) if (!seen.has(id)) late.set(id, resource);
  }
  const now = await countScimList(service, list);
  if (now === null || collected + late.size !== now) throw notWhole(counts, now);
  return [...late.values()];
};

const strictly: Settle = async (_service, _list, { counts }) => {
  throw notWhole(counts, null);
};

function notWhole({ operation, collected, first, last }: Counts, now: number | null): ContractError {
  const counted = first === last ? `${first}` : `${first} on its first page and ${last} on its last one`;
  const since = now === null || now === last ? '' : `, and ${now} afterwards`;
  return new ContractError(
    `${operation}: ${formatCount(collected, 'object was', 'objects were')} read, and the list counts ${counted}${since}.`,
  );
}

const idsOf = (resources: readonly unknown[]): string[] =>
  resources.flatMap((resource) => identified.safeParse(resource).data?.id ?? []);

const refusedTooOften = (operation: string) =>
  new ContractError(
    `${operation}: the next page was refused ${restartsMax + 1} times, and each time the list was begun again.`,
  );

const endless = (operation: string, followed: ReadonlySet<string>) =>
  new ContractError(`${operation}: a page repeated within one read, after ${followed.size} pages.`);
