/** Erases a person from the journal, whose chain stays valid: an entry that loses data is opened, which its erasure records. */
import { sql } from 'drizzle-orm';
import { eventKinds } from '../../domain/journal/journal.ts';
import type { Mentions, Named } from '../../domain/journal/mentions.ts';
import { isOneOf, isOneOfIds, type Store } from '../database.ts';
import { type Opened, openedOf, toRanges } from '../journal/opened-entries.ts';
import { rewriteRows } from './rewrite-rows.ts';

/** `approvals`: those that asked about the person, so that notes to them are about the person. */
interface ErasedFromJournal {
  person: Named;
  mentions: Mentions;
  approvals: ReadonlySet<number>;
}

/** Returns the entries that lost data. */
export async function eraseFromJournal(
  store: Store,
  tenant: string,
  { person, mentions, approvals }: ErasedFromJournal,
): Promise<{ entries: number; opened: Opened }> {
  const { id } = person;
  const { rows: own } = await store.execute<{ sequence: string }>(sql`
    update journal_entries set subject_key = 'erased/' || sequence, subject = null, before = null, after = null, reason = '',
      salt = null
    where tenant = ${tenant} and (subject_key = ${id} or before ->> 'personId' = ${id} or after ->> 'personId' = ${id})
    returning sequence`);
  const others = await rewriteRows(store, tenant, person, {
    table: 'journal_entries',
    columns: ['before', 'after', 'reason'],
    also: ['sequence', 'kind', 'approval'],
    typed: isOneOf(sql`kind`, eventKinds),
    set: sql`salt = null`,
    rewrite({ before, after, reason, kind, approval }) {
      const isTyped = kind === 'decided' || kind === 'reopened';
      const text = String(reason);
      const erased = {
        before: mentions.json(before),
        after: mentions.json(after),
        reason: isTyped ? mentions.note(text, approvals.has(Number(approval))) : mentions.sentence(text),
      };
      return erased.before === before && erased.after === after && erased.reason === reason ? null : erased;
    },
  });
  const sequences = [...own, ...others].map(({ sequence }) => Number(sequence));
  const opened = await withEarlier(store, tenant, sequences);
  return { entries: sequences.length, opened: toRanges(opened) };
}

/** An erasure that loses its own salt no longer proves what it opened: the one that takes it answers for these entries too. */
async function withEarlier(store: Store, tenant: string, sequences: number[]): Promise<number[]> {
  const { rows } = await store.execute<{ after: unknown }>(sql`
    select after from journal_entries where tenant = ${tenant} and kind = 'erased'
    and ${isOneOfIds(sql`sequence`, sequences)}`);
  return [...sequences, ...rows.flatMap(({ after }) => openedOf(after))];
}
