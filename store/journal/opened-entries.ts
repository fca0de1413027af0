/** Which entries of the journal an erasure has opened: their salt is gone, so the chain no longer covers what they say. */
import { and, asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Erasures } from '../../domain/journal/journal.ts';
import type { Store } from '../database.ts';
import { journalEntries } from '../schema/journal-tables.ts';

/** Ranges of sequence numbers, first and last. */
export type Opened = [first: number, last: number][];

const erasedEntry = z.object({
  by: z.string().catch(''),
  opened: z.array(z.tuple([z.number(), z.number()])),
});

export function toRanges(sequences: readonly number[]): Opened {
  const ranges: Opened = [];
  for (const sequence of [...new Set(sequences)].sort((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last && sequence === last[1] + 1) last[1] = sequence;
    else ranges.push([sequence, sequence]);
  }
  return ranges;
}

/** Sequence numbers in what the entry of an erasure says after it. */
export function openedOf(after: unknown): number[] {
  const ranges = erasedEntry.safeParse(after).data?.opened ?? [];
  return ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
}

/** The erasures of a tenant that still prove what they opened. */
export async function erasuresOf(store: Store, tenant: string): Promise<Erasures> {
  const { sequence, at, after, salt, kind } = journalEntries;
  const rows = await store
    .select({ sequence, at, after, salt })
    .from(journalEntries)
    .where(and(eq(journalEntries.tenant, tenant), eq(kind, 'erased')))
    .orderBy(asc(sequence));
  const erasures: Erasures = new Map();
  for (const row of rows) {
    if (row.salt === null) continue;
    const by = erasedEntry.safeParse(row.after).data?.by ?? '';
    const erasure = { sequence: row.sequence, at: row.at.toISOString(), by };
    for (const opened of openedOf(row.after)) erasures.set(opened, erasure);
  }
  return erasures;
}
