/** The journal: what was done, to whom, why, with the state before and after. */
import { and, eq, gt, sql } from 'drizzle-orm';
import type { Store } from './database.ts';
import type { ChangeRow } from './plans.ts';
import { journal } from './schema.ts';

/** A change that was done, or what else of its own kind is journalled. */
type JournalRow = Pick<ChangeRow, 'tenant' | 'cycle' | 'subjectKey' | 'subject' | 'reason' | 'approval'> & {
  kind: string;
};

/** Writes a change that was done; a repeated activity writes it once. */
export async function writeJournal(
  store: Store,
  row: JournalRow,
  states: { before: unknown; after: unknown },
) {
  const { tenant, cycle, kind, subjectKey, subject, reason, approval } = row;
  await store
    .insert(journal)
    .values({ tenant, cycle, kind, subjectKey, subject, reason, approval, ...states })
    .onConflictDoNothing();
}

/** Removals done since a moment without anybody's approval: the window of `removals` (behaviour.md, section 5). */
export async function removalsSince(store: Store, tenant: string, since: Date): Promise<number> {
  return await store.$count(
    journal,
    and(
      eq(journal.tenant, tenant),
      eq(journal.kind, 'remove'),
      gt(journal.at, since),
      sql`${journal.approval} is null`,
    ),
  );
}
