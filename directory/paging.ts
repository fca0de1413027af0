/** Pages that link to each other: what every directory's reader has to hold against them. */
import { ContractError } from '../domain/errors.ts';

/** More pages than any directory has: a limit for a service that returns links without end. */
export const defaultPagesMax = 20_000;

export interface LinkedPages<Page> {
  /** Of the call, for messages: `GET /users`. */
  operation: string;
  fetch(link: string): Promise<Page>;
  /** Where the page after this one is; undefined on the last one. */
  nextOf(page: Page): string | undefined;
  pagesMax?: number;
}

/**
 * Follows links from page to page, also past empty pages.
 * @throws ContractError when a link repeats or the pages do not end
 */
export async function* followLinks<Page>(
  first: string,
  { operation, fetch, nextOf, pagesMax = defaultPagesMax }: LinkedPages<Page>,
): AsyncGenerator<Page, void, undefined> {
  const followed = new Set<string>();
  let next: string | undefined = first;
  while (next !== undefined) {
    if (followed.has(next)) {
      throw new ContractError(
        `${operation}: a link repeated within one round, after ${followed.size} pages.`,
      );
    }
    if (followed.size === pagesMax) throw new ContractError(`${operation}: no end after ${pagesMax} pages.`);
    followed.add(next);
    const page: Page = await fetch(next);
    yield page;
    next = nextOf(page);
  }
}
