/** Access to Timely accounts: tokens and the rate budget. */
import { bigint, doublePrecision, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { bytes, instant, json } from './columns.ts';
import { rateMemory } from './json-values.ts';

/**
 * Timely's tokens, encrypted with TIMELY_SYNC_KEY. The key columns are part of what is proven when they are decrypted, so a
 * row that was moved to another tenant, account or address of Timely cannot be opened.
 */
export const oauthTokens = pgTable(
  'oauth_tokens',
  {
    tenant: text().notNull(),
    accountId: bigint('account_id', { mode: 'number' }).notNull(),
    /** Scheme, host and port of Timely. */
    origin: text().notNull(),
    encrypted: bytes().notNull(),
    savedAt: instant('saved_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.accountId, table.origin] })],
);

/** Credentials that a service refused, so that no worker tries them again at once: it may lock them. */
export const refusedSignIns = pgTable('refused_sign_ins', {
  /** The service, and digests of the credential and of the configuration that tried it. */
  credential: text().primaryKey(),
  until: instant('until').notNull(),
});

/** One rate budget for each account, shared by all workers. Moments are milliseconds since 1970 by the database's clock. */
export const rateLimits = pgTable('rate_limits', {
  /** Endpoint and number of the account: tenants that write to the same one share it. */
  account: text().primaryKey(),
  nextAtMs: doublePrecision('next_at_ms').notNull(),
  requestsPerSecond: doublePrecision('requests_per_second').notNull(),
  /** When the last requests started, newest first. */
  starts: doublePrecision().array().notNull(),
  started: doublePrecision().notNull(),
  reviewAtMs: doublePrecision('review_at_ms').notNull(),
  memory: json(rateMemory).notNull(),
});
