/** The tables of the journal. */
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { JournalKind } from '../../domain/journal/journal.ts';
import { instant } from './columns.ts';

/**
 * What was done, with the state before, as a hash chain (domain/journal/journal.ts). Only added to; when a person is erased the
 * salt and all that the digest covers goes, and old entries go from the beginning on.
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

/** Where each tenant's chain ends, and the entry before its first one: what was pruned is remembered by its last hash. */
export const journalChains = pgTable('journal_chains', {
  tenant: text().primaryKey(),
  sequence: bigint({ mode: 'number' }).notNull(),
  hash: text().notNull(),
  anchorSequence: bigint('anchor_sequence', { mode: 'number' }).notNull(),
  anchorHash: text('anchor_hash').notNull(),
});
