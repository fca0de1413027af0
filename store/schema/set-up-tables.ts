/** Set-ups in the browser: the link, what has been answered so far, and the secrets that were given. */
import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { bytes, instant } from './columns.ts';

/** The newest set-up of each tenant. A new invitation replaces the link, and goes on with the answers. */
export const setUps = pgTable('set_ups', {
  tenant: text().primaryKey(),
  /** SHA-256 of the token in the link. The token itself is known to nobody but those who have the link. */
  link: text().notNull().unique(),
  invitedBy: text('invited_by').notNull(),
  invitedAt: instant('invited_at').notNull(),
  /** Until then the link can be opened. */
  opensUntil: instant('opens_until').notNull(),
  /** SHA-256 of what the browser keeps that opened the link; null before. No other browser goes on. */
  browser: text(),
  /** Until then that browser can go on; null before it was opened. */
  endsAt: instant('ends_at'),
  /** Answers so far, encrypted by the console; null before the first. */
  draft: bytes(),
  /** It was carried through, or revoked: nobody goes on. */
  closedAt: instant('closed_at'),
});

/**
 * Secrets that were given at a set-up, encrypted by the console with TIMELY_SYNC_KEY. Tenant and name are part of what is
 * proven when they are decrypted, so a row that was moved to another tenant or name cannot be opened.
 */
export const storedSecrets = pgTable(
  'stored_secrets',
  {
    tenant: text().notNull(),
    /** As the tenant file names it: `store:<name>`. */
    name: text().notNull(),
    encrypted: bytes().notNull(),
    savedAt: instant('saved_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.name] })],
);
