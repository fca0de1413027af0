/** How far a stream of changes by their time was read, for a directory that has no cursors of its own. */

/** Lists may show a change this long after its time. */
const listOverlapMs = 5 * 60_000;

/** Both by the directory's clock. */
export interface Watermark {
  /** When the round began. */
  at: string;
  /** When the round before began, where two rounds read each change; null after a whole round. */
  before?: string | null;
  /** The latest change that was seen; null when none was. */
  seen: string | null;
}

export const isoOf = (ms: number): string => new Date(ms).toISOString();

export const later = (one: string | null, other: string | null | undefined): string | null =>
  other && (one === null || Date.parse(other) > Date.parse(one)) ? isoOf(Date.parse(other)) : one;

/**
 * Changes after this moment are read by the next round. A change that was seen long before the round is the exact edge: a
 * directory whose 10,000 people were imported in one second must not be read again and again.
 */
export function changesSince(watermark: Watermark): string {
  const edge = edgeOf(watermark, listOverlapMs);
  return isoOf(watermark.seen === null ? edge : Math.min(edge, Date.parse(watermark.seen)));
}

/** With `before` two rounds read each change: where nothing shows that a list was cut off, the second one makes it good. */
export const edgeOf = ({ at, before }: Watermark, overlapMs: number): number =>
  Math.min(Date.parse(at) - overlapMs, Date.parse(before ?? at));
