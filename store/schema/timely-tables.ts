/** The account in Timely, as the last reads and our own writes left it. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { addressKey } from '../../domain/people/address.ts';
import { foldText } from '../../domain/text.ts';
import type { TimelyUser } from '../../domain/timely.ts';
import { instant, json } from './columns.ts';
import { teamMembers, timelyAccount, timelyRoles } from './json-values.ts';

export const timelyUsers = pgTable(
  'timely_users',
  {
    tenant: text().notNull(),
    id: bigint({ mode: 'number' }).notNull(),
    email: text().notNull(),
    name: text().notNull(),
    roleId: bigint('role_id', { mode: 'number' }),
    role: text().notNull(),
    externalId: text('external_id'),
    removed: boolean().notNull(),
    pending: boolean().notNull().default(false),
    updatedAt: bigint('updated_at', { mode: 'number' }).notNull(),
    /** The cycle that saw the user last; a whole read drops those it did not see. */
    seenIn: integer('seen_in').notNull(),
    /** What SQL searches, folded by us (domain/text.ts). */
    emailFolded: text('email_folded').notNull(),
    nameFolded: text('name_folded').notNull(),
    externalIdFolded: text('external_id_folded'),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.id] }),
    index('timely_users_email').on(table.tenant, table.emailFolded),
    index('timely_users_external').on(table.tenant, table.externalIdFolded),
    // Counted by each partial plan.
    index('timely_users_present').on(table.tenant, table.role).where(sql`not removed`),
  ],
);

export const timelyTeams = pgTable(
  'timely_teams',
  {
    tenant: text().notNull(),
    id: bigint({ mode: 'number' }).notNull(),
    name: text().notNull(),
    externalId: text('external_id'),
    members: json(teamMembers).notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);

export const timelyAccounts = pgTable('timely_accounts', {
  tenant: text().primaryKey(),
  account: json(timelyAccount).notNull(),
  roles: json(timelyRoles).notNull(),
  ownUserId: bigint('own_user_id', { mode: 'number' }).notNull(),
  /** Newest `updated_at` seen, Unix seconds: the next incremental read starts a little before it. */
  watermark: bigint({ mode: 'number' }).notNull(),
  /** Whether the last whole read was proven complete. */
  complete: boolean().notNull(),
  /** When that was; null before the first one. */
  wholeAt: instant('whole_at'),
});

/** What is searched of a user, as comparisons have it. */
export const userFolds = ({
  email,
  name,
  externalId,
}: Pick<TimelyUser, 'email' | 'name' | 'externalId'>) => ({
  emailFolded: addressKey(email),
  nameFolded: foldText(name),
  externalIdFolded: externalId === null ? null : foldText(externalId),
});
