/** The journal: what was done, to whom, why, with the state before and after; a hash chain per tenant. */
import { createHash, randomBytes } from 'node:crypto';
import { and, eq, gt, sql } from 'drizzle-orm';
import {
  chainStart,
  type EventKind,
  type JournalEntry,
  payloadDigest,
  sealedText,
} from '../domain/journal.ts';
import type { Store } from './database.ts';
import type { ChangeRow } from './plans.ts';
import { journalChains, journalEntries } from './schema-journal.ts';

export const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** Writes a change that was done; a repeated activity writes it once. `appendEntry` says how it is locked. */
export async function writeJournal(
  store: Store,
  row: ChangeRow,
  states: { before: unknown; after: unknown },
  now: Date,
): Promise<void> {
  const { tenant, cycle, kind, subjectKey, subject, reason, approval } = row;
  const at = now.toISOString();
  await appendEntry(store, tenant, { cycle, kind, at, approval, subjectKey, subject, reason, ...states });
}

/** Something that happened to a tenant beside changes. `id` makes it one of its kind: written again, it is written once. */
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
  const { kind, id, at, reason, cycle = 0, approval = null, before = null, after = null } = event;
  const entry = { cycle, kind, approval, subjectKey: id, subject: { type: kind }, before, after, reason };
  await appendEntry(store, tenant, { ...entry, at: at.toISOString() });
}

/**
 * Adds an entry to the tenant's chain, at most once for each cycle, kind and subject. The head of the chain is locked
 * from here to the end of the transaction, so this comes last in it; the hash is computed in the same statement, so that
 * nobody waits for this process while the lock is held.
 */
async function appendEntry(store: Store, tenant: string, entry: JournalEntry): Promise<void> {
  const salt = randomBytes(16).toString('hex');
  const payload = payloadDigest(entry, salt, digest);
  const sealed = sealedText(tenant, entry, payload);
  const { cycle, at, kind, approval, subjectKey, subject, before, after, reason } = entry;
  const append = async () => {
    const { rows } = await store.execute<{ heads: number }>(sql`
      with head as (
        select sequence + 1 as sequence, hash from journal_chains where tenant = ${tenant} for update
      ), added as (
        insert into journal_entries (tenant, sequence, cycle, at, kind, approval, subject_key, subject, before, after, reason,
          salt, digest, hash)
        select ${tenant}, sequence, ${cycle}::int, ${at}::timestamptz, ${kind}, ${approval}::int, ${subjectKey},
          ${asJson(subject)}, ${asJson(before)}, ${asJson(after)}, ${reason}, ${salt}, ${payload},
          encode(sha256(convert_to(hash || chr(10) || sequence || chr(10) || ${sealed}, 'UTF8')), 'hex')
        from head on conflict (tenant, cycle, kind, subject_key) do nothing returning sequence, hash
      ), moved as (
        update journal_chains chain set sequence = added.sequence, hash = added.hash
        from added where chain.tenant = ${tenant}
      ) select count(*)::int as heads from head`);
    return (rows[0]?.heads ?? 0) > 0;
  };
  if (await append()) return;
  const { sequence, hash } = chainStart;
  const chain = { tenant, sequence, hash, anchorSequence: sequence, anchorHash: hash };
  await store.insert(journalChains).values(chain).onConflictDoNothing();
  await append();
}

/** Null is no JSON here: a state that is not there is no value. */
const asJson = (value: unknown) => sql`${value == null ? null : JSON.stringify(value)}::jsonb`;

/** Removals done since a moment without anybody's approval: the window of `removals` (behaviour.md, section 5). */
export async function removalsSince(store: Store, tenant: string, since: Date): Promise<number> {
  return await store.$count(
    journalEntries,
    and(
      eq(journalEntries.tenant, tenant),
      eq(journalEntries.kind, 'remove'),
      gt(journalEntries.at, since),
      sql`${journalEntries.approval} is null`,
    ),
  );
}
