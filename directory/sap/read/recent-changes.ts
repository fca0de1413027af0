/**
 * What the next round of people repeats. Rounds overlap by minutes, because a list may show a change late. After 10,000 people
 * were imported at once that would be 100 pages in each of the next cycles, so the overlap is one page at most.
 */
import { z } from 'zod';
import { changesSince, isoOf, type Watermark } from '../../watermark.ts';
import type { SapUser } from './people.ts';

/** When the people who changed last changed, in milliseconds since 1970, by id. */
export const recentChanges = z.record(z.string(), z.number());
export type RecentChanges = z.output<typeof recentChanges>;

/** As many as fit on a page. */
const recentMax = 100;
/** Times have whole seconds: another change may have had the time of one that was seen. */
const granularityMs = 2_000;

/** The latest changes of before and of these people. */
export function withChanges(recent: RecentChanges, users: readonly SapUser[]): RecentChanges {
  const all = new Map(Object.entries(recent));
  for (const { id, meta } of users) {
    const changedMs = Date.parse(meta?.lastModified ?? '');
    if (!Number.isNaN(changedMs)) all.set(id, changedMs);
  }
  const latest = [...all].toSorted(([, one], [, other]) => other - one).slice(0, recentMax);
  return Object.fromEntries(latest);
}

/** People who changed after this moment are read by the next round. */
export function peopleSince({ recent, ...watermark }: Watermark & { recent: RecentChanges }): string {
  const edges = Object.values(recent);
  const edgeMs = Date.parse(changesSince(watermark));
  if (edges.length < recentMax) return isoOf(edgeMs);
  return isoOf(Math.max(edgeMs, Math.min(...edges, Date.parse(watermark.at) - granularityMs)));
}
