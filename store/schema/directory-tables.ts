/** The directory: its replica, the cursors of its change streams, and the subscriptions to its notifications. */
import { sql } from 'drizzle-orm';
import { bigserial, boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, json, jsonObject } from './columns.ts';
import { privilegedPeople, texts } from './json-values.ts';

/**
 * Replica of the directory. `facts` is flat: attributes of the directory stand as `attribute:<name>`, and folded facts as
 * `folded:<name>` (store/replica/staged-entries.ts).
 */
export const directoryPeople = pgTable(
  'directory_people',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    facts: jsonObject().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);

export const directoryGroups = pgTable(
  'directory_groups',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    facts: jsonObject().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);

export const directoryMemberships = pgTable(
  'directory_memberships',
  {
    tenant: text().notNull(),
    groupId: text('group_id').notNull(),
    memberId: text('member_id').notNull(),
    memberKind: text('member_kind').$type<'user' | 'group'>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.groupId, table.memberId] }),
    // The id first: to compare the tenant of each entry first costs a full read a second (`npm run bench -- scale`).
    index('directory_memberships_member').on(table.memberId, table.tenant),
    index('directory_memberships_nested').on(table.tenant, table.memberId).where(sql`member_kind = 'group'`),
  ],
);

/** The group that each name of the tenant file means, since it was first found. */
export const namedGroups = pgTable(
  'named_groups',
  {
    tenant: text().notNull(),
    /** As the tenant file writes it. */
    name: text().notNull(),
    groupId: text('group_id').notNull(),
    /** The deleted group that had the name before; null when there was none. */
    replaces: text(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.name] })],
);

/** Records of the directory and users of Timely that could not be read, as of the last page that had them. */
export const oddRecords = pgTable(
  'odd_records',
  {
    tenant: text().notNull(),
    stream: text().$type<'users' | 'groups' | 'timely' | 'timelyTeams'>().notNull(),
    /** Object id, or the place of a record whose id could not be read. */
    id: text().notNull(),
    /** The property that does not fit; null when the directory does not show the record, and no proof of its end. */
    problem: text(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.stream, table.id] })],
);

/** Role holders and app assignments: they have no change stream, so each read is whole. */
export const directoryExtras = pgTable('directory_extras', {
  tenant: text().primaryKey(),
  privileged: json(privilegedPeople).notNull(),
  appAssignments: json(texts, 'app_assignments').notNull(),
  /** Groups in use that hide their members and were read whole with them (store/replica/group-sight.ts). */
  seenGroups: json(texts, 'seen_groups').notNull().default([]),
  /** Groups in use whose members, or those of a group below, the application may not see. */
  hiddenGroups: json(texts, 'hidden_groups').notNull().default([]),
  /** When the credential of the application ends, as of the last whole read; null when unknown. */
  credentialEndsAt: instant('credential_ends_at'),
});

/** Where each delta stream stands. The cursor moves in the transaction that moves the replica. */
export const directoryCursors = pgTable(
  'directory_cursors',
  {
    tenant: text().notNull(),
    stream: text().$type<'users' | 'groups'>().notNull(),
    cursor: text().notNull(),
    /** What the cursor depends on (selected properties); another scope needs a full read. */
    scope: text().notNull(),
    movedAt: instant('moved_at').notNull(),
    /** Start and size of the last complete full read. */
    fullAt: instant('full_at').notNull(),
    fullObjects: integer('full_objects').notNull(),
    /** How many more objects there were after the last complete full read than the directory counted; may be negative. */
    unlisted: integer().notNull().default(0),
    /** How many cycles in a row the directory met the cursor with 5xx, and the last of them. */
    failedCycles: integer('failed_cycles').notNull().default(0),
    failedCycle: integer('failed_cycle'),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.stream] })],
);

/** Entries of a round that has not ended yet, in the order of their arrival. */
export const directoryStaging = pgTable(
  'directory_staging',
  {
    tenant: text().notNull(),
    stream: text().$type<'users' | 'groups'>().notNull(),
    position: bigserial({ mode: 'number' }).notNull(),
    type: text().$type<'person' | 'group' | 'member' | 'allMembers' | 'removed'>().notNull(),
    objectId: text('object_id').notNull(),
    memberId: text('member_id'),
    memberKind: text('member_kind').$type<'user' | 'group'>(),
    /** For members: taken out of the group. */
    gone: boolean().notNull().default(false),
    patch: jsonObject(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.stream, table.position] })],
);

/** Progress of a cycle's round of a stream: how much is staged, and where another attempt goes on. */
export const directoryRounds = pgTable(
  'directory_rounds',
  {
    tenant: text().notNull(),
    stream: text().$type<'users' | 'groups'>().notNull(),
    cycle: integer().notNull(),
    kind: text().$type<'full' | 'incremental'>().notNull(),
    pages: integer().notNull().default(0),
    objects: integer().notNull().default(0),
    /** Doubts about the content: such a round is not committed. */
    doubts: json(texts).notNull().default([]),
    /** Link to the page after the last one that is staged; null before the first and after the last. */
    next: text(),
    /** Cursor of the last page, for the next round. */
    cursor: text(),
    /** Which attempt of the reading got the last page. */
    attempt: integer().notNull().default(0),
    /** Why the round proves nothing; empty when it does. Null until it is judged and its staging is deleted. */
    reasons: json(texts),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.stream] })],
);

/** Subscriptions to the directory's change notifications, one for each stream. A row without an id says why there is none. */
export const subscriptions = pgTable(
  'subscriptions',
  {
    tenant: text().notNull(),
    stream: text().$type<'users' | 'groups'>().notNull(),
    /** The directory's id of it. */
    id: text(),
    expiresAt: instant('expires_at'),
    /** Digest of its address and client state: other values need another subscription. */
    terms: text().notNull(),
    /** When to renew it, or to try again. */
    dueAt: instant('due_at').notNull(),
    /** Why the last try failed, and what to do. */
    problem: text(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.stream] })],
);
