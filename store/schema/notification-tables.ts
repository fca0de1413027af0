/** Tables of telling people. Beside schema.ts, for the size of one file. */
import { index, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { CycleError, Health } from '../../domain/contract/report.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** What was told to whom, or given up: no matter is told to a channel twice. */
export const deliveries = pgTable(
  'notices',
  {
    tenant: text().notNull(),
    channel: text().notNull(),
    /** `request/3`, `reminder/3/1`, `failure/2/needs-consent`, … */
    matter: text().notNull(),
    at: instant('at').notNull(),
    /** Why it could not be told; null when it was. */
    problem: text(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.channel, table.matter] }),
    index('notices_at').on(table.tenant, table.channel, table.at),
  ],
);

/** Times in which a tenant's cycles were not carried through. */
export const outages = pgTable(
  'outages',
  {
    tenant: text().notNull(),
    number: integer().notNull(),
    beganAt: instant('began_at').notNull(),
    endedAt: instant('ended_at'),
    cycleError: jsonb().$type<CycleError>().notNull(),
    seen: jsonb().$type<Health[]>().notNull(),
    recent: jsonb().$type<Health[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.number] })],
);
