/**
 * One stream's round of a cycle: stage its pages, reconcile what they leave open, judge what they prove, commit.
 *
 * Pages and the place behind them are stored together, so that an attempt after an interruption has each page once. Nothing
 * shows in the replica before the commit (docs/reference/rules.md section 1.1). The next cycle begins a round of its own.
 */
import { and, eq, isNull, max, sql } from 'drizzle-orm';
import type { DirectoryEntry, DirectoryPage, ReadPlace } from '../../directory/source.ts';
import { TransientError } from '../../domain/errors.ts';
import { membershipKey } from '../../domain/people/membership.ts';
import type { Database, Store } from '../database.ts';
import { type Fence, whileCurrent } from '../fence.ts';
import { directoryRounds } from '../schema/directory-tables.ts';
import { judgeSize, type SizeLimits, stagedObjects } from './judge-size.ts';
import { moveReplica, vacuumMoved } from './move-replica.ts';
import { forgetOddRecords, noteOddRecords } from './odd-records.ts';
import { keepWitnessed, type PointReads, stageLeftOut } from './point-reads.ts';
import {
  clearStaging,
  contradictoryMemberships,
  contradictoryObjects,
  replaceMemberships,
  replacePeople,
  stageDepartures,
  stageEntries,
  trustGroups,
  unmentionedMemberships,
  unmentionedObjects,
} from './staged-entries.ts';

type RoundRow = typeof directoryRounds.$inferSelect;
export type RoundKey = Pick<RoundRow, 'tenant' | 'stream' | 'cycle'>;

/** What a round is trusted for, and why it proves nothing; no reason when it proves itself. */
export interface RoundVerdict {
  /** `discard`: nothing of the round is taken. The others: `ReplicaMove`. */
  mode: 'replace' | 'merge' | 'add' | 'discard';
  reasons: string[];
  /** Live objects of a full round; 0 for an incremental one. */
  objects: number;
  /** How many more objects there are than the directory counts. Default: 0. */
  unlisted?: number;
}

/** PostgreSQL itself would only see to the room that such a round leaves a minute later. */
const entriesToVacuum = 1_000;

export class DirectoryRound {
  private readonly database: Database;
  private row: RoundRow & Fence;

  private constructor(database: Database, row: RoundRow & Fence) {
    this.database = database;
    this.row = row;
  }

  /** The round as an earlier attempt left it; null when it has not begun. */
  static async find(database: Database, key: RoundKey & Fence): Promise<DirectoryRound | null> {
    const [row] = await database.select().from(directoryRounds).where(isRound(key));
    return row ? new DirectoryRound(database, { ...row, opening: key.opening }) : null;
  }

  /** Begins a round; nothing of an earlier one is left. @throws SupersededError */
  static async begin(database: Database, key: RoundKey & Fence, kind: RoundRow['kind']) {
    return await whileCurrent(database, key, async (store) => {
      await clearStaging(store, key);
      await store.delete(directoryRounds).where(isStream(key));
      if (kind === 'full') await forgetOddRecords(store, key);
      const [row] = await store
        .insert(directoryRounds)
        .values({ ...key, kind })
        .returning();
      if (!row) throw new Error('The round that was begun is missing.');
      return new DirectoryRound(database, { ...row, opening: key.opening });
    });
  }

  get kind() {
    return this.row.kind;
  }

  /** What is staged so far. */
  get size(): { pages: number; objects: number } {
    return { pages: this.row.pages, objects: this.row.objects };
  }

  /** Why the round proves nothing; null until it is committed. */
  get reasons(): string[] | null {
    return this.row.reasons;
  }

  /** Where the read goes on; null at the start and at the end. */
  get place(): ReadPlace | null {
    const { next, pages } = this.row;
    return next === null ? null : { next, pages };
  }

  /** Whether another attempt can go on with it. */
  get hasPages(): boolean {
    return this.row.next !== null || this.row.cursor !== null;
  }

  /** Whether the last page is staged. */
  get isRead(): boolean {
    return this.row.cursor !== null;
  }

  /**
   * Stages pages that follow each other, and moves the place behind them.
   * @throws TransientError when another attempt has gone on with the round
   */
  async stagePages(pages: DirectoryPage[], attempt: number): Promise<void> {
    const { row } = this;
    const entries = pages.flatMap((page) => page.entries);
    const odd = pages.flatMap((page) => page.odd ?? []);
    const { next = null, nextCursor = null } = pages.at(-1) ?? {};
    this.row = await this.database.transaction(async (store) => {
      // A server that crashes may lose the last pages, and the place behind them with them: they are read again.
      await store.execute(sql`set local synchronous_commit = off`);
      await stageEntries(store, row, entries);
      await noteOddRecords(store, row, { entries, odd });
      const [staged] = await store
        .update(directoryRounds)
        .set({
          pages: row.pages + pages.length,
          objects: row.objects + entries.filter(isObjectEntry).length,
          doubts: [...row.doubts, ...pages.flatMap(({ doubts }) => doubts)],
          next,
          cursor: nextCursor,
          attempt,
        })
        .where(and(isRound(row), eq(directoryRounds.pages, row.pages)))
        .returning();
      if (!staged) throw new TransientError(`Another attempt reads the ${row.stream} of this cycle.`);
      return { ...staged, opening: row.opening };
    });
  }

  /** The read broke the directory's contract: nothing of the round is taken. */
  doubt(reason: string): void {
    this.row = { ...this.row, doubts: [...this.row.doubts, reason] };
  }

  /** Asks about objects that the round reports both as live and as removed, and about memberships that it reports both ways. */
  async reconcile(pointReads: PointReads): Promise<void> {
    const { database, row } = this;
    if (this.isDoubtful) return;
    if (row.kind === 'incremental') await stageDepartures(database, row);
    if (row.kind === 'incremental') await keepWitnessed(database, row, pointReads);
    const ids = await contradictoryObjects(database, row);
    if (row.stream === 'users') {
      if (ids.length > 0) await replacePeople(database, row, (await pointReads.people(ids)).entries);
      return;
    }
    if (ids.length > 0) await trustGroups(database, row, ids, await pointReads.groups(ids));
    const asked = await contradictoryMemberships(database, row);
    if (asked.length === 0) return;
    const existing = new Set((await pointReads.memberships(asked)).map(membershipKey));
    await replaceMemberships(database, row, asked, (one) => existing.has(membershipKey(one)));
  }

  /** Whether the round is dropped whole. */
  get isDoubtful() {
    return this.row.doubts.length > 0;
  }

  /** What the round proves. A full one of plausible size is asked about what it left out, before the replica forgets that. */
  async judge(limits: SizeLimits, pointReads: PointReads): Promise<RoundVerdict> {
    const { kind, stream, cursor, doubts } = this.row;
    if (doubts.length > 0) return { mode: 'discard', reasons: [...new Set(doubts)], objects: 0 };
    const unfinished =
      cursor === null ? [`the read of ${stream} ended without a cursor: pages are missing`] : [];
    if (kind === 'incremental') {
      return { mode: cursor === null ? 'discard' : 'merge', reasons: unfinished, objects: 0 };
    }
    const objects = await stagedObjects(this.database, this.row);
    const reasons = [...unfinished, ...(await judgeSize(this.database, this.row, objects, limits))];
    if (reasons.length === 0) reasons.push(...(await this.recoverUnmentioned(pointReads, limits)));
    const unlisted = (await stagedObjects(this.database, this.row)) - (limits.counted ?? objects);
    return { mode: reasons.length === 0 ? 'replace' : 'add', reasons, objects, unlisted };
  }

  /**
   * A listing may miss an object that moves while it is read (docs/reference/microsoft-graph.md section 2.1). Point reads
   * make up for people and memberships; a group that was missed is a reason to read again.
   */
  private async recoverUnmentioned(pointReads: PointReads, limits: SizeLimits): Promise<string[]> {
    const { database, row } = this;
    const ids = await unmentionedObjects(database, row);
    if (row.stream === 'users') {
      if (ids.length > 0) await stageLeftOut(database, row, await pointReads.people(ids));
      return [];
    }
    const missed = ids.length === 0 ? [] : await pointReads.groups(ids);
    if (missed.length > 0) return [`groups of the directory that the read left out: ${missed.length}`];
    const asked = await unmentionedMemberships(database, row, limits.membersWithGroups);
    const existing = await pointReads.memberships(asked);
    const entries = existing.map((one) => ({ type: 'member', ...one, removed: false }) as const);
    await stageEntries(database, row, entries);
    return [];
  }

  /**
   * Ends the round, and moves replica and cursor as far as the verdict says, in one transaction. Answers how many rows of
   * the replica changed. `scope` is what the cursor depends on.
   * @throws TransientError when another attempt has ended the round, SupersededError
   */
  async commit(verdict: RoundVerdict, { scope, now }: { scope: string; now: Date }): Promise<number> {
    const { database, row } = this;
    const { tenant, stream, cursor } = row;
    const { mode, reasons, objects, unlisted = 0 } = verdict;
    const { changed, entries } = await whileCurrent(database, row, async (store) => {
      await end(store, row, reasons);
      const move = { tenant, stream, cursor, scope, now, fullObjects: objects, unlisted };
      const changed = mode === 'discard' ? 0 : await moveReplica(store, { ...move, mode });
      return { changed, entries: await clearStaging(store, row) };
    });
    this.row = { ...row, reasons };
    if (mode !== 'discard' && entries >= entriesToVacuum) await vacuumMoved(database, stream);
    return changed;
  }
}

const isObjectEntry = ({ type }: DirectoryEntry) => type !== 'member' && type !== 'allMembers';

/** The last attempt of a cycle's read that got a page; 0 when none did. */
export async function lastAttemptWithPage(
  store: Store,
  { tenant, cycle }: Pick<RoundKey, 'tenant' | 'cycle'>,
): Promise<number> {
  const [row] = await store
    .select({ attempt: max(directoryRounds.attempt) })
    .from(directoryRounds)
    .where(and(eq(directoryRounds.tenant, tenant), eq(directoryRounds.cycle, cycle)));
  return row?.attempt ?? 0;
}

/** No other attempt reads or takes the round after this. */
async function end(store: Store, row: RoundRow, reasons: string[]): Promise<void> {
  const { rowCount } = await store
    .update(directoryRounds)
    .set({ reasons, next: null, cursor: null })
    .where(and(isRound(row), isNull(directoryRounds.reasons)));
  if (rowCount !== 1) throw new TransientError(`Another attempt has read the ${row.stream} of this cycle.`);
}

const isStream = ({ tenant, stream }: Pick<RoundKey, 'tenant' | 'stream'>) =>
  and(eq(directoryRounds.tenant, tenant), eq(directoryRounds.stream, stream));

const isRound = (key: RoundKey) => and(isStream(key), eq(directoryRounds.cycle, key.cycle));
