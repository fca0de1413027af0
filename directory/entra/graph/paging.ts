import { z } from 'zod';
import { ContractError } from '../../../domain/errors.ts';
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

/** More pages than any directory has: a limit for a service that returns links without end. */
export const defaultPagesMax = 20_000;

/**
 * Follows `@odata.nextLink` from page to page, also past empty pages, and sends each link unchanged
 * (docs/reference/microsoft-graph.md section 1.3).
 * @throws ContractError when a link repeats or the pages do not end
 */
export async function* followPages<Page extends LinkedPage>(
  graph: GraphClient,
  url: string,
  schema: z.ZodType<Page>,
  call: GraphCall,
  pagesMax = defaultPagesMax,
): AsyncGenerator<Page, void, undefined> {
  const followed = new Set<string>();
  let next: string | undefined = url;
  while (next !== undefined) {
    if (followed.has(next)) {
      throw new ContractError(
        `${call.operation}: a link repeated within one round, after ${followed.size} pages.`,
      );
    }
    if (followed.size === pagesMax) {
      throw new ContractError(`${call.operation}: no end after ${pagesMax} pages.`);
    }
    followed.add(next);
    const page: Page = await graph.get({ url: next }, schema, call);
    yield page;
    next = page['@odata.nextLink'];
  }
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
