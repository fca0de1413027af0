/** Tenants, and their files. */
import { sql } from 'drizzle-orm';
import { bigint, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, json } from './columns.ts';
import { planBaseline } from './json-values.ts';

/**
 * One row a tenant. `touched` counts everything a plan could depend on (a change on either side, a new tenant file, a
 * decision); a cycle plans only when it differs from `plannedAt`, what it was when the last plan was made.
 */
export const tenants = pgTable('tenants', {
  tenant: text().primaryKey(),
  configurationVersion: integer('configuration_version').notNull(),
  planRevision: bigint('plan_revision', { mode: 'number' }).notNull().default(0),
  plannedRevision: bigint('planned_revision', { mode: 'number' }).notNull().default(-1),
  /** UTC day of the last plan: dates in the tenant file make another day another plan. */
  plannedDay: text('planned_day').notNull().default(''),
  /** The cycle whose plan holds; cycles that had nothing to plan point to it. */
  planCycle: integer('plan_cycle').notNull().default(0),
  /** When the last cycle that was carried through ended. */
  lastGoodAt: instant('last_good_at'),
  /** Tells this tenant of this installation from every other one; left on the teams that it makes. */
  marker: text().notNull().default(sql`gen_random_uuid()`),
  /** What the plan that holds was made from; null before the first, and where a part of a plan cannot go on from it. */
  planBaseline: json(planBaseline, 'plan_baseline'),
});

/** Tenant files as they were given, newest version in force. They hold references to secrets, never secrets. */
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
