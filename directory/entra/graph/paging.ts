import { z } from 'zod';
import { ContractError } from '../../../domain/errors.ts';
import type { GraphClient } from './graph-client.ts';
import type { GraphCall } from './graph-errors.ts';

/** What pages have in common. */
interface LinkedPage {
  '@odata.nextLink'?: string | undefined;
}

/** A link of a page; services say absent, null or nothing for none. */
export const nextLink = z
  .string()
  .nullish()
  .transform((link) => link || undefined);

/** More pages than any directory has; a service that hands out links without end is stopped here. */
export const defaultPagesMax = 20_000;

/**
 * Follows `@odata.nextLink` from page to page, each link as it came, an empty page or not
 * (docs/reference/microsoft-graph.md section 1.3).
 * @throws ContractError when a link comes twice or the pages do not end
 */
export async function* followPages<Page extends LinkedPage>(
  graph: GraphClient,
  url: string,
  schema: z.ZodType<Page>,
  call: GraphCall,
  pagesMax = defaultPagesMax,
): AsyncGenerator<Page, void, undefined> {
  const asked = new Set<string>();
  let next: string | undefined = url;
  while (next !== undefined) {
    if (asked.has(next)) {
      throw new ContractError(
        `${call.operation}: a link came twice in one round, after ${asked.size} pages.`,
      );
    }
    if (asked.size === pagesMax) {
      throw new ContractError(`${call.operation}: still no end after ${pagesMax} pages.`);
    }
    asked.add(next);
    const page: Page = await graph.get({ url: next }, schema, call);
    yield page;
    next = page['@odata.nextLink'];
  }
}

/** All items of a listing, of whatever many pages. */
export async function listAll<Item>(
  graph: GraphClient,
  url: string,
  item: z.ZodType<Item>,
  call: GraphCall,
): Promise<Item[]> {
  const schema = z.object({ value: z.array(item), '@odata.nextLink': nextLink });
  const items: Item[] = [];
  for await (const page of followPages(graph, url, schema, call)) items.push(...page.value);
  return items;
}
