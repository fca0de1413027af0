/** The journal: what was done, to which person or team, why, with the state before and after; a hash chain per tenant. */
import { createHash, randomBytes } from 'node:crypto';
import { and, eq, gt, sql } from 'drizzle-orm';
import {
  chainedText,
  chainStart,
  type EventKind,
  type JournalEntry,
  payloadDigest,
} from '../../domain/journal/journal.ts';
import type { ChangeKind } from '../../domain/plan/change.ts';
import { cleanTexts } from '../../domain/text.ts';
import { asJson, type Store, type Transaction } from '../database.ts';
import type { StoredChange } from '../planning/plans.ts';
import { journalChains, journalEntries } from '../schema/journal-tables.ts';

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A change that was done, with the states before and after it. */
export interface DoneChange {
  row: StoredChange;
  before: unknown;
  after: unknown;
}

/** Writes changes that were done; a repeated activity writes each once. `appendEntries` describes the lock. */
export async function writeJournal(
  store: Transaction,
  tenant: string,
  done: readonly DoneChange[],
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const entries = done.map(({ row, before, after }) => {
    const { cycle, kind, subjectKey, subject, reason, approval } = row;
    return { cycle, kind, at, approval, subjectKey, subject, reason, before, after };
  });
  await appendEntries(store, tenant, entries);
}

/** Something that happened to a tenant beside changes. An event of the same kind and `id` is written once. */
export interface JournalEvent {
  kind: EventKind;
  id: string;
  at: Date;
  reason: string;
  cycle?: number;
  approval?: number;
  before?: unknown;
  after?: unknown;
}

/** Writes an event: a decision, a new tenant file, a pause, an undo, an erasure. */
export async function journalEvent(store: Store, tenant: string, event: JournalEvent): Promise<void> {
  const { kind, id, at, cycle = 0, approval = null } = event;
  // What people write comes by messages, which hold any text; PostgreSQL refuses some, at each attempt.
  const { reason, before = null, after = null } = cleanTexts(structuredClone(event)) as JournalEvent;
  const entry = { cycle, kind, approval, subjectKey: id, subject: { type: kind }, before, after, reason };
  await store.transaction((inside) => appendEntries(inside, tenant, [{ ...entry, at: at.toISOString() }]));
}

/** Whether an event of this kind and id was written. */
export async function isJournaled(
  store: Store,
  tenant: string,
  kind: EventKind,
  id: string,
): Promise<boolean> {
  const { rowCount } = await store.execute(sql`
    select from journal_entries where tenant = ${tenant} and cycle = 0 and kind = ${kind} and subject_key = ${id}`);
  return rowCount !== null && rowCount > 0;
}

/**
 * Adds entries to the tenant's chain, each at most once for its cycle, kind and subject. The head of the chain is locked
 * until the end of the transaction, so this comes last in it. The statement that writes the entries also computes their
 * hashes, so that the lock is never held for a round trip.
 */
async function appendEntries(
  store: Transaction,
  tenant: string,
  entries: readonly JournalEntry[],
): Promise<void> {
  const rows = entries.map((entry, place) => {
    const salt = randomBytes(16).toString('hex');
    const payload = payloadDigest(entry, salt, sha256);
    return { ...entry, place, salt, digest: payload, chained: chainedText(tenant, entry, payload) };
  });
  // A statement of its own: the next one then sees what earlier holders of the lock have written.
  await lockHead(store, tenant);
  await store.execute(sql`
    with recursive fresh as (
      select entry.*, row_number() over (order by place) as step
      from jsonb_to_recordset(${asJson(rows)}) as entry (place int, cycle int, at timestamptz, kind text, approval int,
        "subjectKey" text, subject jsonb, before jsonb, after jsonb, reason text, salt text, digest text, chained text)
      where not exists (
        select from journal_entries written where written.tenant = ${tenant} and written.cycle = entry.cycle
        and written.kind = entry.kind and written.subject_key = entry."subjectKey"
      )
    ), chain as (
      select 0::bigint as step, sequence, hash from journal_chains where tenant = ${tenant}
      union all
      select fresh.step, sequence + 1, encode(sha256(convert_to(
        hash || chr(10) || (sequence + 1) || chr(10) || fresh.chained, 'UTF8')), 'hex')
      from chain join fresh on fresh.step = chain.step + 1
    ), added as (
      insert into journal_entries (tenant, sequence, cycle, at, kind, approval, subject_key, subject, before, after, reason,
        salt, digest, hash)
      select ${tenant}, sequence, cycle, at, kind, approval, "subjectKey", subject, before, after, reason, salt, digest, hash
      from fresh join chain using (step)
    )
    update journal_chains head set sequence = last.sequence, hash = last.hash
    from (select sequence, hash from chain order by sequence desc limit 1) as last where head.tenant = ${tenant}`);
}

async function lockHead(store: Transaction, tenant: string): Promise<void> {
  const lock = () =>
    store
      .select({ sequence: journalChains.sequence })
      .from(journalChains)
      .where(eq(journalChains.tenant, tenant))
      .for('update');
  if ((await lock()).length > 0) return;
  const { sequence, hash } = chainStart;
  const chain = { tenant, sequence, hash, anchorSequence: sequence, anchorHash: hash };
  await store.insert(journalChains).values(chain).onConflictDoNothing();
  await lock();
}

/** Changes of a kind done since a moment without an approval: the window of a limit (docs/reference/rules.md section 5). */
export async function unapprovedSince(
  store: Store,
  tenant: string,
  kind: ChangeKind,
  since: Date,
): Promise<number> {
  return await store.$count(
    journalEntries,
    and(
      eq(journalEntries.tenant, tenant),
      eq(journalEntries.kind, kind),
      gt(journalEntries.at, since),
      sql`${journalEntries.approval} is null`,
    ),
  );
}
