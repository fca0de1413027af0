/** Why a tenant is paused, by its journal. */
import { and, desc, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Pause } from '../../domain/contract/report.ts';
import type { Store } from '../database.ts';
import { journalEntries } from '../schema/journal-tables.ts';

/** What `beginUndo` notes (activities/cycle/undo.ts). */
const undoNote = z.object({ undoes: z.number(), by: z.string() });

/** The pause or undo that the journal has last; null when it has none, or when the tenant was resumed since. */
export async function lastPause(store: Store, tenant: string): Promise<Pause | null> {
  const [entry] = await store
    .select({ kind: journalEntries.kind, at: journalEntries.at, after: journalEntries.after })
    .from(journalEntries)
    .where(
      and(eq(journalEntries.tenant, tenant), inArray(journalEntries.kind, ['paused', 'resumed', 'undone'])),
    )
    .orderBy(desc(journalEntries.sequence))
    .limit(1);
  if (!entry || entry.kind === 'resumed') return null;
  const note = undoNote.safeParse(entry.after);
  return { since: entry.at.toISOString(), undoes: note.data?.undoes ?? null, by: note.data?.by ?? null };
}
