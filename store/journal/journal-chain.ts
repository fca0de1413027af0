/** Verifies the chain of the journal, and prunes it from its beginning. */
import { and, asc, eq, gt, gte, lt, lte } from 'drizzle-orm';
import type { ChainReport } from '../../domain/contract/report.ts';
import { type ChainedEntry, type ChainPlace, chainStart, followChain } from '../../domain/journal/journal.ts';
import type { Database, Store } from '../database.ts';
import { journalChains, journalEntries } from '../schema/journal-tables.ts';
import { sha256 } from './journal.ts';
import { erasuresOf } from './opened-entries.ts';

type EntryRow = typeof journalEntries.$inferSelect;

/** Entries that one cycle wrote about changes, in the order of the chain. */
export async function entriesOfCycle(store: Store, tenant: string, cycle: number): Promise<ChainedEntry[]> {
  const rows = await store
    .select()
    .from(journalEntries)
    .where(and(eq(journalEntries.tenant, tenant), eq(journalEntries.cycle, cycle)))
    .orderBy(asc(journalEntries.sequence));
  return rows.map(entryOf);
}

/** Entries that one call follows. */
const followedAtOnce = 2_000;

/** Follows the tenant's chain from a place, or from its beginning; the caller goes on from `end` until `done`. */
export async function followPage(
  store: Store,
  tenant: string,
  from: ChainPlace | null,
): Promise<ChainReport> {
  // The head is read before the entries: an entry that is added meanwhile comes behind it, and is not taken for missing.
  const [chain] = await store.select().from(journalChains).where(eq(journalChains.tenant, tenant));
  const anchor = chain ? { sequence: chain.anchorSequence, hash: chain.anchorHash } : chainStart;
  const start = from ?? anchor;
  const rows = await store
    .select()
    .from(journalEntries)
    .where(and(eq(journalEntries.tenant, tenant), gt(journalEntries.sequence, start.sequence)))
    .orderBy(asc(journalEntries.sequence))
    .limit(followedAtOnce);
  const erasures = await erasuresOf(store, tenant);
  const { end, opened, broken } = followChain(
    { tenant, from: start, erasures, digest: sha256 },
    rows.map(entryOf),
  );
  const done = broken !== null || rows.length < followedAtOnce;
  return {
    checked: end.sequence - start.sequence,
    end,
    anchor: anchor.sequence,
    done,
    opened: [...opened].map(([erasure, entries]) => ({ ...erasure, entries })),
    broken: broken ?? (done ? headProblem(end, chain) : null),
  };
}

function headProblem(end: ChainPlace, head: ChainPlace | undefined) {
  const { sequence } = end;
  // Starting a tenant writes its first entry.
  if (!head)
    return {
      sequence: sequence + 1,
      problem: 'This journal is empty, and starting the tenant wrote an entry.',
    };
  if (sequence < head.sequence) {
    const problem = `Entries ${sequence + 1} to ${head.sequence} are missing at the end.`;
    return { sequence: sequence + 1, problem };
  }
  if (sequence > head.sequence || end.hash === head.hash) return null;
  return { sequence, problem: `The hash of the last entry differs from the end of the chain.` };
}

/** Entries that are deleted at a time, so that no lock is held for long. */
const prunedAtOnce = 10_000;

/**
 * Deletes entries older than a moment, from the beginning of the chain. The hash of the last one stays as the anchor that
 * the rest is verified from. @returns how many were deleted
 */
export async function pruneJournal(database: Database, tenant: string, before: Date): Promise<number> {
  return await database.transaction(async (store) => {
    const [kept] = await store
      .select({ sequence: journalEntries.sequence })
      .from(journalEntries)
      .where(and(eq(journalEntries.tenant, tenant), gte(journalEntries.at, before)))
      .orderBy(asc(journalEntries.sequence))
      .limit(1);
    const old = await store
      .select({ sequence: journalEntries.sequence, hash: journalEntries.hash })
      .from(journalEntries)
      .where(
        and(
          eq(journalEntries.tenant, tenant),
          kept ? lt(journalEntries.sequence, kept.sequence) : lt(journalEntries.at, before),
        ),
      )
      .orderBy(asc(journalEntries.sequence))
      .limit(prunedAtOnce);
    const last = old.at(-1);
    if (!last) return 0;
    await store
      .delete(journalEntries)
      .where(and(eq(journalEntries.tenant, tenant), lte(journalEntries.sequence, last.sequence)));
    await store
      .update(journalChains)
      .set({ anchorSequence: last.sequence, anchorHash: last.hash })
      .where(eq(journalChains.tenant, tenant));
    return old.length;
  });
}

function entryOf({ tenant: _tenant, at, ...row }: EntryRow): ChainedEntry {
  return { ...row, at: at.toISOString() };
}
