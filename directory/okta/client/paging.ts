import { z } from 'zod';
import { followLinks } from '../../paging.ts';
import { type OktaClient, readOkta } from './okta-client.ts';
import type { OktaCall } from './okta-errors.ts';

/** Okta recommends 200 for users, groups and members (docs/reference/okta-and-sap.md section 1.2). */
export const pageLimit = 200;

/** One page of a list. */
export interface ListPage<Item> {
  items: Item[];
  /** Path of the page after it; null on the last one. */
  next: string | null;
  /** Okta's clock at the time of the response; null when it does not say. */
  sentAtMs: number | null;
}

/**
 * Follows `next` links from page to page, also past empty pages. A list ends with the first page that has none.
 * @throws ContractError when a link repeats, leads to another host, or the pages do not end
 */
export async function* followList<Item>(
  okta: OktaClient,
  path: string,
  item: z.ZodType<Item>,
  call: OktaCall,
): AsyncGenerator<ListPage<Item>, void, undefined> {
  yield* followLinks(path, {
    operation: call.operation,
    fetch: (next) => listPage(okta, next, item, call),
    nextOf: ({ next }) => next ?? undefined,
  });
}

/** All items of a list, over all its pages. */
export async function listAll<Item>(
  okta: OktaClient,
  path: string,
  item: z.ZodType<Item>,
  call: OktaCall,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of followList(okta, path, item, call))
    for (const each of page.items) items.push(each);
  return items;
}

async function listPage<Item>(
  okta: OktaClient,
  path: string,
  item: z.ZodType<Item>,
  call: OktaCall,
): Promise<ListPage<Item>> {
  const response = await okta.send(path, call);
  const items = readOkta(response, z.array(item), call);
  const link = nextLinkOf(response.headers.get('link'));
  const sentAtMs = Date.parse(response.headers.get('date') ?? '');
  return {
    items,
    next: link === null ? null : okta.pathOf(link, call),
    sentAtMs: Number.isNaN(sentAtMs) ? null : sentAtMs,
  };
}

/** The address with `rel="next"` of a Link header, whose entries several headers may give; null when there is none. */
export function nextLinkOf(header: string | null): string | null {
  for (const entry of (header ?? '').split('<').slice(1)) {
    const end = entry.indexOf('>');
    if (end < 0) continue;
    if (/;\s*rel\s*=\s*"?next\b/i.test(entry.slice(end))) return entry.slice(0, end).trim();
  }
  return null;
}
