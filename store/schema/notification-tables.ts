/** Notifications to people, and the outages that they are about. */
import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { instant, json } from './columns.ts';
import { cycleError, health } from './json-values.ts';

/** Notifications that were sent or given up: none is sent to a channel twice. */
export const deliveries = pgTable(
  'deliveries',
  {
    tenant: text().notNull(),
    channel: text().notNull(),
    /** `request/3`, `reminder/3/1`, `failure/2/needs-consent`, … */
    key: text().notNull(),
    at: instant('at').notNull(),
    /** Why it was given up; null when it was sent. */
    problem: text(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.channel, table.key] }),
    index('deliveries_at').on(table.tenant, table.channel, table.at),
  ],
);

/** Times in which a tenant's cycles ended with errors. */
export const outages = pgTable(
  'outages',
  {
    tenant: text().notNull(),
    number: integer().notNull(),
    beganAt: instant('began_at').notNull(),
    endedAt: instant('ended_at'),
    cycleError: json(cycleError, 'cycle_error').notNull(),
    seen: json(z.array(health)).notNull(),
    recent: json(z.array(health)).notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.number] })],
);
