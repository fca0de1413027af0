/**
 * Reading a list of Timely to its end, although nothing says where the end is (docs/reference/timely-api.md section 6).
 */
import { RejectedError } from '../domain/errors.ts';

/** How many rows are asked for at once; the server may give fewer. */
const windowSize = 500;
/** What the documents give unasked, or name as their limit (docs/reference/timely-api.md sections 2.2, 3, 6). */
const modestWindowSize = 100;

/** Where a window starts, `offset` in rows for one paging style, `page` from 1 for the other, and how many rows it takes. */
export interface PageStart {
  offset: number;
  page: number;
  size: number;
}

/**
 * Yields a list window by window, each row once, until a window brings no new id. A short window is not the end: the
 * server may cap its windows, or ignore where it was told to start. One that refuses large windows is asked for modest ones.
 *
 * `overlap` (rows per row read, below 1) makes windows overlap: somebody who leaves the list while it is read pulls
 * the rest forward, and the row at the edge would fall through. Only for lists that obey `offset`.
 */
export async function* readPages<Row extends { id: number }>(
  ask: (start: PageStart) => Promise<Row[]>,
  { overlap = 0 }: { overlap?: number } = {},
): AsyncGenerator<Row[]> {
  const seen = new Set<number>();
  let size = windowSize;
  const askModestly = (error: unknown) => {
    if (!(error instanceof RejectedError)) throw error;
    size = modestWindowSize;
    return ask({ offset: 0, page: 1, size });
  };
  for (let offset = 0, page = 1; ; page += 1) {
    const asked = ask({ offset, page, size });
    const window = await (page === 1 ? asked.catch(askModestly) : asked);
    const fresh = window.filter((row) => !seen.has(row.id) && seen.add(row.id));
    if (fresh.length === 0) return;
    yield fresh;
    offset += window.length - Math.floor(window.length * overlap);
  }
}
