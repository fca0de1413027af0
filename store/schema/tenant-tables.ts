/** Tenants, and their files. */
import { sql } from 'drizzle-orm';
import { bigint, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, json } from './columns.ts';
import { planBaseline } from './json-values.ts';

/**
 * One row for each tenant. `planRevision` counts all that a plan may depend on: a change on either side, a new tenant file, a
 * decision. A cycle plans when it differs from `plannedRevision`, its value at the last plan.
 */
export const tenants = pgTable('tenants', {
  tenant: text().primaryKey(),
  configurationVersion: integer('configuration_version').notNull(),
  planRevision: bigint('plan_revision', { mode: 'number' }).notNull().default(0),
  plannedRevision: bigint('planned_revision', { mode: 'number' }).notNull().default(-1),
  /** UTC day of the last plan: dates in the tenant file make another day another plan. */
  plannedDay: text('planned_day').notNull().default(''),
  /** The cycle whose plan is in force; cycles that had nothing to plan point to it. */
  planCycle: integer('plan_cycle').notNull().default(0),
  /** When the last cycle without an error ended. */
  lastGoodAt: instant('last_good_at'),
  /** Identifies this tenant of this installation; left on the teams that it makes. */
  marker: text().notNull().default(sql`gen_random_uuid()`),
  /** What the plan in force was made from; null before the first, and when the next plan has to be whole. */
  planBaseline: json(planBaseline, 'plan_baseline'),
  /** Since when the tenant is paused, by whom, and by the undo of which cycle; null while it is not paused. */
  pausedAt: instant('paused_at'),
  pausedBy: text('paused_by'),
  pausedByUndoOf: integer('paused_by_undo_of'),
  /** The cycle that is being undone. */
  undoing: integer(),
  stoppedAt: instant('stopped_at'),
  /** The directory that the replica is of (config/source-settings.ts); null before the first cycle. */
  directory: text(),
  /** The first cycle with that directory: earlier ones say nothing about it. */
  directorySince: integer('directory_since').notNull().default(0),
  /** When an event hook of the directory arrived, to a minute; null before the first. */
  lastHookAt: instant('last_hook_at'),
  /** How many full reads were requested, and how many of these requests a completed full read has served. */
  fullReadsRequested: integer('full_reads_requested').notNull().default(0),
  fullReadsServed: integer('full_reads_served').notNull().default(0),
});

/** Tenant files; the newest version is in force. They hold references to secrets, never secrets. */
export const configurations = pgTable(
  'configurations',
  {
    tenant: text().notNull(),
    version: integer().notNull(),
    file: jsonb().notNull(),
    storedAt: instant('stored_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.version] })],
);

/** The last preview of a tenant that was paused or new. `resume` binds the next cycle to it when its file is in force. */
export const previews = pgTable('previews', {
  tenant: text().primaryKey(),
  madeAt: instant('made_at').notNull(),
  /** The tenant file that it was made with. */
  file: jsonb().notNull(),
  /** When `resume` bound the next cycle to it; null before. */
  boundAt: instant('bound_at'),
});

/** What such a preview showed as to be applied. */
export const previewedChanges = pgTable(
  'previewed_changes',
  { tenant: text().notNull(), fingerprint: text().notNull() },
  (table) => [primaryKey({ columns: [table.tenant, table.fingerprint] })],
);
