/** Links between the directory and Timely. */
import { bigint, boolean, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant, json } from './columns.ts';
import { formerPerson, texts } from './json-values.ts';

export const personLinks = pgTable(
  'person_links',
  {
    tenant: text().notNull(),
    personId: text('person_id').notNull(),
    timelyId: bigint('timely_id', { mode: 'number' }).notNull(),
    state: text().$type<'present' | 'removed'>().notNull(),
    email: text().notNull(),
    role: text(),
    roleByHand: boolean('role_by_hand').notNull().default(false),
    outOfScopeSince: instant('out_of_scope_since'),
    confirmed: boolean().notNull().default(false),
    /** The person as the directory had them last, kept when it deletes them, and the keys of their addresses. */
    former: json(formerPerson),
    formerKeys: text('former_keys').array(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.personId] }),
    uniqueIndex('person_links_timely').on(table.tenant, table.timelyId),
    index('person_links_email').on(table.tenant, table.email),
    // Counted by each partial plan.
    index('person_links_state').on(table.tenant, table.state),
    index('person_links_former').using('gin', table.formerKeys),
  ],
);

export const teamLinks = pgTable(
  'team_links',
  {
    tenant: text().notNull(),
    source: text().notNull(),
    timelyId: bigint('timely_id', { mode: 'number' }).notNull(),
    origin: text().$type<'created' | 'adopted'>().notNull(),
    name: text(),
    personIds: json(texts, 'person_ids').notNull(),
    pattern: text(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.source] })],
);
