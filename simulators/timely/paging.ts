/** Timely's two ways of paging (docs/reference/timely-api.md section 6). */

export type PagingStyle = 'limit and offset' | 'page and per_page';

/** The window of rows asked for; never more than `cap` rows. */
export function window(
  query: URLSearchParams,
  cap: number,
  style: PagingStyle,
): { limit: number; offset: number } {
  const number = (name: string, fallback: number) => {
    const value = Number(query.get(name) ?? fallback);
    return Number.isInteger(value) && value >= 0 ? value : fallback;
  };
  if (style === 'limit and offset') {
    return { limit: Math.min(cap, number('limit', 100)), offset: number('offset', 0) };
  }
  const perPage = Math.min(cap, number('per_page', 50));
  return { limit: perPage, offset: Math.max(0, number('page', 1) - 1) * perPage };
}
