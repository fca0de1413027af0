/** The tables of the journal. */
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { JournalKind } from '../../domain/journal/journal.ts';
import { instant } from './columns.ts';

/**
 * What was done, with the state before, as a hash chain (domain/journal/journal.ts). Entries are only added. Erasing a person
 * deletes the salt and all that the digest covers, and pruning deletes the oldest entries.
 */
export const journalEntries = pgTable(
  'journal_entries',
  {
    tenant: text().notNull(),
    sequence: bigint({ mode: 'number' }).notNull(),
    /** 0 outside of a cycle. */
    cycle: integer().notNull(),
    at: instant('at').notNull(),
    kind: text().$type<JournalKind>().notNull(),
    approval: integer(),
    subjectKey: text('subject_key').notNull(),
    subject: jsonb(),
    before: jsonb(),
    after: jsonb(),
    reason: text().notNull(),
    salt: text(),
    digest: text().notNull(),
    hash: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.sequence] }),
    index('journal_entries_tenant').on(table.tenant, table.at),
    index('journal_entries_subject').on(table.tenant, table.subjectKey),
    uniqueIndex('journal_entries_once').on(table.tenant, table.cycle, table.kind, table.subjectKey),
  ],
);

/** Where each tenant's chain ends, and the anchor before its first entry: the hash of the last pruned entry. */
export const journalChains = pgTable('journal_chains', {
  tenant: text().primaryKey(),
  sequence: bigint({ mode: 'number' }).notNull(),
  hash: text().notNull(),
  anchorSequence: bigint('anchor_sequence', { mode: 'number' }).notNull(),
  anchorHash: text('anchor_hash').notNull(),
});
