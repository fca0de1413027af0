import { z } from 'zod';
import { defaultPagesMax, followLinks } from '../../paging.ts';
import type { GraphClient } from './graph-client.ts';
import type { GraphCall } from './graph-errors.ts';

/** The part that all pages have in common. */
interface LinkedPage {
  '@odata.nextLink'?: string | undefined;
}

/** A link of a page; without one, services leave it out or send null or an empty text. */
export const nextLink = z
  .string()
  .nullish()
  .transform((link) => link || undefined);

/**
 * Follows `@odata.nextLink` from page to page, also past empty pages, and sends each link unchanged
 * (docs/reference/microsoft-graph.md section 1.3).
 * @throws ContractError when a link repeats or the pages do not end
 */
export function followPages<Page extends LinkedPage>(
  graph: GraphClient,
  url: string,
  schema: z.ZodType<Page>,
  call: GraphCall,
  pagesMax = defaultPagesMax,
): AsyncGenerator<Page, void, undefined> {
  return followLinks(url, {
    operation: call.operation,
    fetch: (link) => graph.get({ url: link }, schema, call),
    nextOf: (page) => page['@odata.nextLink'],
    pagesMax,
  });
}

/** All items of a list, over all its pages. */
export async function listAll<Item>(
  graph: GraphClient,
  url: string,
  item: z.ZodType<Item>,
  call: GraphCall,
): Promise<Item[]> {
  const schema = z.object({ value: z.array(item), '@odata.nextLink': nextLink });
  const items: Item[] = [];
  for await (const page of followPages(graph, url, schema, call)) {
    for (const each of page.value) items.push(each);
  }
  return items;
}
