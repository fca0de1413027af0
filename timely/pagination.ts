/**
 * Reads a list of Timely to its end, although nothing says where the end is (docs/reference/timely-api.md section 6).
 */
import { ContractError, RejectedError } from '../domain/errors.ts';

/** Rows requested at once; the server may return fewer. */
const pageSize = 500;
/** The default, or the limit, in Timely's documents (docs/reference/timely-api.md sections 2.2, 3, 6). */
const modestPageSize = 100;
/** More pages than any account has: a limit for a service whose list never ends. */
const pagesMax = 20_000;

/**
 * Where a page starts: `offset` in rows for one style of pagination, `page` from 1 for the other; and how many rows it
 * takes.
 */
export interface PageStart {
  offset: number;
  page: number;
  size: number;
}

/**
 * Yields a list page by page, each row once, until a page brings no new id. A short page is not the end: the server may
 * cap its pages, or ignore the offset. When it refuses large pages, smaller ones are requested.
 *
 * `overlap` (rows per row read, below 1) makes pages overlap: a user who leaves the list while it is read pulls the
 * rest forward, and the row at the edge would be missed. Only for lists that obey `offset`.
 * @throws ContractError when the pages do not end
 */
export async function* readPages<Row extends { id: number }>(
  request: (start: PageStart) => Promise<Row[]>,
  { overlap = 0 }: { overlap?: number } = {},
): AsyncGenerator<Row[]> {
  const seen = new Set<number>();
  let size = pageSize;
  const requestModestly = (error: unknown) => {
    if (!(error instanceof RejectedError)) throw error;
    size = modestPageSize;
    return request({ offset: 0, page: 1, size });
  };
  for (let offset = 0, page = 1; ; page += 1) {
    if (page > pagesMax) throw new ContractError(`A list of Timely has no end after ${pagesMax} pages.`);
    const requested = request({ offset, page, size });
    const rows = await (page === 1 ? requested.catch(requestModestly) : requested);
    const fresh = rows.filter((row) => !seen.has(row.id) && seen.add(row.id));
    if (fresh.length === 0) return;
    yield fresh;
    offset += rows.length - Math.floor(rows.length * overlap);
  }
}
