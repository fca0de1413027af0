/** The window of a list: by id with `startId`, or by index (docs/reference/sap.md section 3). */
import { scimRefusal } from './errors.ts';

export interface ListQuery {
  filter: string | null;
  /** `initial`, or the id of the first object of the page. Null: paging by index. */
  startId: string | null;
  /** From 1. */
  startIndex: number;
  count: number;
}

/** `countMax`: most objects of a page. */
export function listQueryOf(query: URLSearchParams, countMax: number): ListQuery {
  const wanted = wholeNumber(query.get('count'), countMax, 'count');
  return {
    filter: query.get('filter'),
    startId: query.get('startId'),
    startIndex: Math.max(1, wholeNumber(query.get('startIndex'), 1, 'startIndex')),
    count: Math.min(countMax, Math.max(0, wanted)),
  };
}

function wholeNumber(text: string | null, byDefault: number, name: string): number {
  if (text === null || text === '') return byDefault;
  const value = Number(text);
  if (Number.isInteger(value)) return value;
  throw scimRefusal(400, `${name} must be a whole number`, 'invalidValue');
}

/** Returns the index of the first id at or after a given one. The ids are in order. */
export function indexAtOrAfter(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? '') < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
