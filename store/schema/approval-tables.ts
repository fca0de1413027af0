/** Approvals that people are asked for, and their decisions. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { DecisionChannel } from '../../domain/approvals/decision.ts';
import type { ApprovalStatus } from '../../domain/contract/report.ts';
import type { ChangeKind, HoldRule } from '../../domain/plan/change.ts';
import { instant, json } from './columns.ts';
import { reportLine, texts } from './json-values.ts';

export const approvals = pgTable(
  'approvals',
  {
    tenant: text().notNull(),
    number: integer().notNull(),
    rule: text().$type<HoldRule>().notNull(),
    state: text().$type<ApprovalStatus>().notNull(),
    /** The cycle whose plan it is about; that cycle's tenant file has its terms. */
    cycle: integer().notNull().default(0),
    openedAt: instant('opened_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    closedAt: instant('closed_at'),
    /** A person asked for it again after its end: its changes no longer wait for `rejectionHolds`. */
    reopenedAt: instant('reopened_at'),
    /** Its workflow has started; until then each cycle starts it again. */
    announced: boolean().notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.number] })],
);

export const approvalChanges = pgTable(
  'approval_changes',
  {
    tenant: text().notNull(),
    number: integer().notNull(),
    position: integer().notNull(),
    fingerprint: text().notNull(),
    /** Object id of the person or source of the team. */
    subjectKey: text('subject_key').notNull(),
    line: json(reportLine).notNull(),
    /** Parts of the line by which changes are searched and chosen: a request may have a hundred thousand. */
    change: text().$type<ChangeKind>().notNull().generatedAlwaysAs(sql`line ->> 'change'`),
    subject: text().notNull().generatedAlwaysAs(sql`line ->> 'subject'`),
    name: text().notNull().generatedAlwaysAs(sql`line ->> 'name'`),
    /** The same for changes that do the same: what is shown of them once (request-page.ts). */
    effectDigest: text('effect_digest')
      .notNull()
      .generatedAlwaysAs(
        sql`md5((line ->> 'change') || coalesce(((line -> 'effect') - 'joins' - 'leaves')::text, ''))`,
      ),
    decision: text().$type<'approved' | 'rejected'>(),
    /** Who has approved so far, each in one spelling. The tenant file says how many different people it takes. */
    approvedBy: json(texts, 'approved_by').notNull().default([]),
    /** The approval was used: the change is done. */
    usedAt: instant('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.number, table.position] }),
    index('approval_changes_fingerprint').on(table.tenant, table.fingerprint),
  ],
);

export const decisions = pgTable(
  'decisions',
  {
    tenant: text().notNull(),
    number: integer().notNull(),
    /** Made once in the workflow, so that an activity that runs twice records one decision. */
    id: text().notNull(),
    decision: text().$type<'approve' | 'reject'>().notNull(),
    by: text().notNull(),
    note: text().notNull(),
    channel: text().$type<DecisionChannel>().notNull(),
    /** The person has signed in to the console, and proved this answer. */
    proved: boolean().notNull().default(false),
    /** How many changes it decided, and a digest of these changes. */
    changes: integer().notNull(),
    facts: text().notNull(),
    at: instant('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.number, table.id] })],
);
