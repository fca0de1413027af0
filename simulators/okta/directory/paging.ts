/** Pages of lists: `limit`, the opaque `after`, and `Link` headers (docs/reference/okta-and-sap.md section 1.2). */
import { createHmac } from 'node:crypto';
import {
  jsonResponse,
  SimulatedRefusal,
  type SimulatedRequest,
  type SimulatedResponse,
} from '../../simulated-response.ts';
import type { OktaContext } from '../context.ts';
import { badParameterResponse } from '../errors.ts';

export interface PageSize {
  default: number;
  most: number;
  least?: number;
}

export interface Page<Item> {
  items: Item[];
  /** Where the next page begins; null after the last one. */
  next: number | null;
}

/** Takes one page of the items that fit, from a position on. */
export function takePage<Item>(
  entries: Iterable<{ position: number; item: Item }>,
  fits: (item: Item) => boolean,
  size: number,
): Page<Item> {
  const items: Item[] = [];
  for (const { position, item } of entries) {
    if (!fits(item)) continue;
    if (items.length === size) return { items, next: position };
    items.push(item);
  }
  return { items, next: null };
}

/** Yields a plain list from a position on. */
export function* listFrom<Item>(
  items: readonly Item[],
  start: number,
): Generator<{ position: number; item: Item }> {
  for (let position = start; position < items.length; position += 1)
    yield { position, item: items[position] as Item };
}

/** Returns the number of objects of a page. More than the most is cut, as nothing says that it is refused. */
export function pageSize({ state }: OktaContext, { query }: SimulatedRequest, size: PageSize): number {
  const asked = query.get('limit');
  const limit = asked === null ? size.default : Number(asked);
  if (!Number.isInteger(limit) || limit < 0)
    throw new SimulatedRefusal(badParameterResponse('limit', 'The limit must be a number.'));
  return Math.min(Math.max(limit, size.least ?? 1), size.most, state.behaviour.pageMost ?? size.most);
}

/** Returns the position of a page: 0 without `after`. */
export function pageStart({ state }: OktaContext, { query, path }: SimulatedRequest): number {
  const after = query.get('after');
  if (after === null) return 0;
  const position = Number.parseInt(after.slice(0, -signatureLength), 36);
  if (after !== cursorAt(state.signingKey, path, position))
    throw new SimulatedRefusal(badParameterResponse('after', 'Invalid cursor.'));
  return position;
}

const signatureLength = 14;

/** Returns a cursor that looks like Okta's and holds for one path. */
export function cursorAt(key: string, path: string, position: number): string {
  const text = Number.isNaN(position) ? '' : position.toString(36).padStart(6, '0');
  const signature = createHmac('sha256', key).update(`${path} ${text}`).digest('base64url');
  return text + signature.slice(0, signatureLength);
}

/** Returns the link to the page that begins at a position. */
export function nextLink(context: OktaContext, request: SimulatedRequest, position: number): string {
  const url = linkOf(context, request);
  url.searchParams.set('after', cursorAt(context.state.signingKey, request.path, position));
  return url.href;
}

export function linkOf({ state }: OktaContext, { url }: SimulatedRequest): URL {
  const link = new URL(url);
  return state.behaviour.linkHost === 'domain'
    ? new URL(`https://${state.domain}${link.pathname}${link.search}`)
    : link;
}

/** Returns a page of JSON with its `Link` header: `self`, and `next` unless it is the last page. */
export function pageResponse(
  context: OktaContext,
  request: SimulatedRequest,
  items: unknown[],
  next: string | null,
): SimulatedResponse {
  const self = `<${linkOf(context, request).href}>; rel="self"`;
  return jsonResponse(200, items, { link: next === null ? self : `${self}, <${next}>; rel="next"` });
}
