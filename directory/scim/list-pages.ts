/** Lists that are read page by page, by the ids of their objects, and what shows that they are whole. */
import { z } from 'zod';
import { ContractError, type SyncError, TransientError } from '../../domain/errors.ts';
import { defaultPagesMax } from '../paging.ts';
import { firstListPlace, firstStartId, type ListPlace, SeenIds } from './list-place.ts';
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

const listResponse = z.looseObject({
  totalResults: z.int().nonnegative().nullish(),
  nextId: z.string().min(1).nullish(),
  Resources: z.array(z.unknown()).nullish(),
});
const identified = z.looseObject({ id: z.string() });

/**
 * Reads a list to its end, also past empty pages. It is whole: as many objects as the service counts on the first and on the
 * last page, none twice. A refused page begins the list again, and pages come again then.
 * @throws ContractError when the list does not prove itself, and what `errorOf` makes of a response
 */
export async function* readScimList(
  service: ScimService,
  list: ScimList,
  place: ListPlace = firstListPlace,
): AsyncGenerator<ScimPage, void, undefined> {
  const { operation } = list;
  let state = place;
  let seen = new SeenIds(state);
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
    const page = pageOf(service, response, operation);
    const total = state.total ?? page.total;
    if (total === null)
      throw new ContractError(`${operation}: the list does not say how many objects it has.`);
    for (const resource of page.resources) {
      const { data } = identified.safeParse(resource);
      if (data) seen.add(data.id, operation);
    }
    const collected = state.collected + page.resources.length;
    if (page.nextId === lastNextId)
      requireWhole({ operation, collected, first: total, last: page.total ?? total });
    const { startId } = state;
    state = { ...state, total, collected, startId: page.nextId, ...seen.state };
    const isLast = page.nextId === lastNextId;
    yield { startId, resources: page.resources, next: isLast ? null : state, total, sentAtMs: page.sentAtMs };
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

function pageOf(service: ScimService, response: ScimResponse, operation: string) {
  const { totalResults, nextId: given, Resources } = contentOf(service, response, operation);
  const isEmpty = totalResults === 0 && !Resources?.length;
  const nextId = given ?? (isEmpty ? lastNextId : null);
  // Without it the list would end here, and all later entries would look deleted.
  if (nextId === null)
    throw new ContractError(`${operation}: a page does not say where the next one begins.`);
  const sentAtMs = Date.parse(response.headers.get('date') ?? '');
  return {
    nextId,
    resources: Resources ?? [],
    total: totalResults ?? null,
    sentAtMs: Number.isNaN(sentAtMs) ? null : sentAtMs,
  };
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

function requireWhole({ operation, collected, first, last }: Counts): void {
  if (collected === first && first === last) return;
  const counted = first === last ? `${first}` : `${first} on its first page and ${last} on its last one`;
  throw new ContractError(`${operation}: ${collected} objects were read, and the list counts ${counted}.`);
}

const refusedTooOften = (operation: string) =>
  new ContractError(
    `${operation}: the next page was refused ${restartsMax + 1} times, and each time the list was begun again.`,
  );

const endless = (operation: string, followed: ReadonlySet<string>) =>
  new ContractError(`${operation}: a page repeated within one read, after ${followed.size} pages.`);
