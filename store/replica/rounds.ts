/**
 * How far a round has come. Pages and place move together, so that whoever goes on after an interruption has each page
 * once; a round belongs to one cycle, and the next one begins its own.
 */
import { and, eq, isNull, max } from 'drizzle-orm';
import type { DirectoryPage, DirectoryStream } from '../../directory/source.ts';
import { TransientError } from '../../domain/errors.ts';
import type { Database, Store } from '../database.ts';
import { directoryRounds } from '../schema/directory-tables.ts';
import { clearStaging, stagePage } from './staging.ts';

export type StagedRound = typeof directoryRounds.$inferSelect;

const isStream = (tenant: string, stream: DirectoryStream) =>
  and(eq(directoryRounds.tenant, tenant), eq(directoryRounds.stream, stream));

/** A cycle's round of a stream as far as it has come; null when it has not begun. */
export async function roundOf(
  store: Store,
  tenant: string,
  stream: DirectoryStream,
  cycle: number,
): Promise<StagedRound | null> {
  const [row] = await store
    .select()
    .from(directoryRounds)
    .where(and(isStream(tenant, stream), eq(directoryRounds.cycle, cycle)));
  return row ?? null;
}

/** Begins a round; nothing of another one is left. */
export async function beginRound(
  database: Database,
  round: Pick<StagedRound, 'tenant' | 'stream' | 'cycle' | 'kind'>,
): Promise<StagedRound> {
  return await database.transaction(async (store) => {
    await clearStaging(store, round.tenant, round.stream);
    await store.delete(directoryRounds).where(isStream(round.tenant, round.stream));
    const [row] = await store.insert(directoryRounds).values(round).returning();
    if (!row) throw new Error('A round that was begun is not there.');
    return row;
  });
}

/**
 * Stages one page and moves the place behind it.
 * @throws TransientError when another attempt has gone on with the round meanwhile
 */
export async function addPage(
  database: Database,
  round: StagedRound,
  { entries, doubts, next, nextCursor }: DirectoryPage,
  attempt: number,
): Promise<StagedRound> {
  return await database.transaction(async (store) => {
    await stagePage(store, round.tenant, round.stream, entries);
    const [row] = await store
      .update(directoryRounds)
      .set({
        pages: round.pages + 1,
        objects: round.objects + entries.filter(({ type }) => type !== 'member').length,
        doubts: [...round.doubts, ...doubts],
        next,
        cursor: nextCursor,
        attempt,
      })
      .where(
        and(
          isStream(round.tenant, round.stream),
          eq(directoryRounds.cycle, round.cycle),
          eq(directoryRounds.pages, round.pages),
        ),
      )
      .returning();
    if (!row) throw new TransientError(`Another attempt reads the ${round.stream} of this cycle.`);
    return row;
  });
}

/**
 * The round is judged: no other attempt reads or takes it again.
 * @throws TransientError when another attempt has ended it
 */
export async function endRound(
  store: Store,
  { tenant, stream, cycle }: Pick<StagedRound, 'tenant' | 'stream' | 'cycle'>,
  reasons: string[],
): Promise<void> {
  const { rowCount } = await store
    .update(directoryRounds)
    .set({ reasons, next: null, cursor: null })
    .where(and(isStream(tenant, stream), eq(directoryRounds.cycle, cycle), isNull(directoryRounds.reasons)));
  if (rowCount !== 1) throw new TransientError(`Another attempt has read the ${stream} of this cycle.`);
}

/** The last attempt of a cycle's reading that got a page; 0 when none did. */
export async function lastAttemptWithPage(store: Store, tenant: string, cycle: number): Promise<number> {
  const [row] = await store
    .select({ attempt: max(directoryRounds.attempt) })
    .from(directoryRounds)
    .where(and(eq(directoryRounds.tenant, tenant), eq(directoryRounds.cycle, cycle)));
  return row?.attempt ?? 0;
}
