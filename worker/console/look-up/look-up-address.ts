/** What the addresses of look-up pages say: texts to look for, and places in lists. Anything else counts as not said. */
import { z } from 'zod';
import { journalKinds } from '../../../domain/journal/journal.ts';
import { findingKinds } from '../../../domain/plan/finding-kinds.ts';
import { searchLengthMax } from '../elements/lists.tsx';
import { placeInList } from '../elements/place-in-list.ts';

const find = z
  .string()
  .transform((text) => text.trim().slice(0, searchLengthMax))
  .catch('');

/** Changes of a cycle by what became of them. */
export const lineStatuses = ['done', 'held', 'failed', 'refused'] as const;
export type LineStatus = (typeof lineStatuses)[number];
/** What has become of none of them yet. */
export const waitingStatuses = ['held', 'failed', 'refused'] as const satisfies LineStatus[];

export const listAddress = z.object({ find, after: placeInList });
export const linesAddress = listAddress.extend({ status: z.enum(lineStatuses).nullable().catch(null) });
export const findingsAddress = listAddress.extend({ kind: z.enum(findingKinds).nullable().catch(null) });
export const journalAddress = listAddress.extend({
  kind: z.enum(journalKinds).nullable().catch(null),
  /** A day, `2026-11-23`. */
  since: z.iso
    .date()
    // Before all entries, and PostgreSQL has no year 0.
    .refine((day) => day >= '1970-01-01')
    .nullable()
    .catch(null),
});
export type JournalAddress = z.output<typeof journalAddress>;
