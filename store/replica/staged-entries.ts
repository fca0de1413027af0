/** Entries of a directory round that is not committed yet, in the order they came. */

import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { DirectoryEntry, PersonPatch } from '../../directory/source.ts';
import type { Membership } from '../../domain/people/directory.ts';
import { foldText } from '../../domain/text.ts';
import { asJson, isOneOf, type Store } from '../database.ts';
import { directoryStaging } from '../schema/directory-tables.ts';
import { replicaTables, type StreamKey } from './replica.ts';

/** Before a round, in case an interrupted one left something, and after it. Answers how many entries there were. */
export async function clearStaging(store: Store, { tenant, stream }: StreamKey): Promise<number> {
  const result = await store
    .delete(directoryStaging)
    .where(and(eq(directoryStaging.tenant, tenant), eq(directoryStaging.stream, stream)));
  return result.rowCount ?? 0;
}

/** Adds entries to the round by one statement. */
export async function stageEntries(
  store: Store,
  { tenant, stream }: StreamKey,
  entries: DirectoryEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await store.execute(sql`
    insert into directory_staging (tenant, stream, type, object_id, member_id, member_kind, gone, patch)
    select ${tenant}, ${stream}, type, object_id, member_id, member_kind, coalesce(gone, false), patch
    from jsonb_to_recordset(${asJson(entries.map(stagedRow))}) as entry
      (type text, object_id text, member_id text, member_kind text, gone boolean, patch jsonb)`);
}

function stagedRow(entry: DirectoryEntry) {
  switch (entry.type) {
    case 'person':
      return { type: entry.type, object_id: entry.id, patch: personFacts(entry.patch) };
    case 'group':
      return { type: entry.type, object_id: entry.id, patch: withFoldedFacts(entry.patch) };
    case 'member':
      return {
        type: entry.type,
        object_id: entry.groupId,
        member_id: entry.memberId,
        member_kind: entry.memberKind,
        gone: entry.removed,
      };
    case 'allMembers':
      return { type: entry.type, object_id: entry.groupId };
    case 'removed':
      return { type: entry.type, object_id: entry.id };
  }
}

/** Attributes stand beside the other facts as `attribute:<name>`, so that a patch of one keeps the others. */
export function personFacts({ attributes = {}, ...facts }: PersonPatch): Record<string, unknown> {
  const flat = Object.entries(attributes).map(([name, value]) => [`attribute:${name}`, value]);
  return { ...withFoldedFacts(facts), ...Object.fromEntries(flat) };
}

/**
 * Ids with both a live entry and a removal in the round. The order of entries is not defined
 * (docs/reference/microsoft-graph.md section 1.3), so only a point read can say which of the two holds.
 */
export async function contradictoryObjects(store: Store, { tenant, stream }: StreamKey): Promise<string[]> {
  return await ids(
    store,
    sql`select object_id as id from directory_staging
      where tenant = ${tenant} and stream = ${stream}
      group by object_id having bool_or(type <> 'removed') and bool_or(type = 'removed')`,
  );
}

/** Memberships that the round reports both as present and as gone. */
export async function contradictoryMemberships(
  store: Store,
  { tenant, stream }: StreamKey,
): Promise<Membership[]> {
  const staged = sql`select object_id as group_id, member_id, member_kind from directory_staging
    where tenant = ${tenant} and stream = ${stream} and type = 'member'`;
  return await memberships(store, sql`${staged} and gone intersect ${staged} and not gone`);
}

/** Memberships that the round reports as gone. */
export async function departures(store: Store, { tenant, stream }: StreamKey): Promise<Membership[]> {
  return await memberships(
    store,
    sql`select distinct object_id as group_id, member_id, member_kind from directory_staging
      where tenant = ${tenant} and stream = ${stream} and type = 'member' and gone`,
  );
}

/** Replaces all that the round says about some people by what point reads say: a person, or a removal. */
export async function replacePeople(
  store: Store,
  round: StreamKey,
  entries: DirectoryEntry[],
): Promise<void> {
  const ids = entries.map((entry) => ('id' in entry ? entry.id : ''));
  await store.execute(sql`
    delete from directory_staging where tenant = ${round.tenant} and stream = ${round.stream}
    and ${isOneOf(sql`object_id`, ids)}`);
  // A removal first: a restored person keeps no facts from before.
  const removals = ids.map((id) => ({ type: 'removed', stream: 'users', id, purged: false }) as const);
  await stageEntries(store, round, removals);
  const people = entries.filter((entry) => entry.type === 'person');
  await stageEntries(store, round, people);
}

/** Drops the removals of groups that exist, and everything but the removals of the other ones. */
export async function trustGroups(
  store: Store,
  { tenant, stream }: StreamKey,
  groupIds: string[],
  existing: string[],
): Promise<void> {
  await store.execute(sql`
    delete from directory_staging where tenant = ${tenant} and stream = ${stream}
    and ${isOneOf(sql`object_id`, groupIds)}
    and (type = 'removed') = (${isOneOf(sql`object_id`, existing)})`);
}

/** Replaces all that the round says about some memberships. */
export async function replaceMemberships(
  store: Store,
  round: StreamKey,
  memberships: Membership[],
  exists: (membership: Membership) => boolean,
): Promise<void> {
  const pairs = memberships.map(({ groupId, memberId }) => ({ groupId, memberId }));
  await store.execute(sql`
    delete from directory_staging using jsonb_to_recordset(${asJson(pairs)}) as pair ("groupId" text, "memberId" text)
    where tenant = ${round.tenant} and stream = ${round.stream} and type = 'member'
    and object_id = "groupId" and member_id = "memberId"`);
  const entries = memberships.map((one) => ({ type: 'member', ...one, removed: !exists(one) }) as const);
  await stageEntries(store, round, entries);
}

/**
 * Objects of the replica that the round does not mention, neither as live nor as removed. A difference of two sets:
 * PostgreSQL would plan a join of the staging table by statistics that are never right (`move-replica.ts`).
 */
export async function unmentionedObjects(store: Store, { tenant, stream }: StreamKey): Promise<string[]> {
  return await ids(
    store,
    sql`select id from ${replicaTables[stream]} where tenant = ${tenant}
      except
      select object_id from directory_staging where tenant = ${tenant} and stream = ${stream} and ${isOfObject}`,
  );
}

/** Whether an entry is about a person or a group itself. */
export const isOfObject = sql.raw(`type in ('person', 'group', 'removed')`);

/**
 * Adds the departures from groups whose members the round lists completely: a membership of the replica that it leaves out has
 * ended.
 */
export async function stageDepartures(store: Store, { tenant, stream }: StreamKey): Promise<void> {
  await store.execute(sql`
    insert into directory_staging (tenant, stream, type, object_id, member_id, member_kind, gone)
    select tenant, ${stream}, 'member', group_id, member_id, member_kind, true
    from directory_memberships where tenant = ${tenant} and group_id in (${listedGroups({ tenant, stream })})
    and (group_id, member_id) not in (
      select object_id, member_id from directory_staging
      where tenant = ${tenant} and stream = ${stream} and type = 'member')`);
}

/** Groups whose members the round lists completely. */
const listedGroups = ({ tenant, stream }: StreamKey) =>
  sql`select object_id from directory_staging
    where tenant = ${tenant} and stream = ${stream} and type = 'allMembers'`;

/**
 * Whether a membership of the replica is of a group whose members the round has. A directory that does not list members with
 * the groups is asked for those of needed groups: the members of the others are not needed any more.
 */
export const ofReadGroups = (round: StreamKey, membersWithGroups: boolean): SQL =>
  membersWithGroups ? sql`true` : sql`group_id in (${listedGroups(round)})`;

/** Memberships of the replica, of groups that the round has read, which it does not mention. */
export async function unmentionedMemberships(
  store: Store,
  { tenant, stream }: StreamKey,
  membersWithGroups: boolean,
): Promise<Membership[]> {
  return await memberships(
    store,
    sql`select group_id, member_id, member_kind from directory_memberships where tenant = ${tenant}
        and ${ofReadGroups({ tenant, stream }, membersWithGroups)}
      except
      select object_id, member_id, member_kind from directory_staging
      where tenant = ${tenant} and stream = ${stream} and type = 'member'`,
  );
}

async function ids(store: Store, query: SQL): Promise<string[]> {
  const { rows } = await store.execute<{ id: string }>(sql`${query} order by 1`);
  return rows.map(({ id }) => id);
}

async function memberships(store: Store, query: SQL): Promise<Membership[]> {
  const { rows } = await store.execute<
    Record<'group_id' | 'member_id', string> & { member_kind: 'user' | 'group' }
  >(sql`${query} order by 1, 2`);
  return rows.map((row) => ({ groupId: row.group_id, memberId: row.member_id, memberKind: row.member_kind }));
}

/** Facts that SQL searches, folded by us: PostgreSQL folds by other rules (domain/text.ts). */
const searched = ['name', 'mail', 'userPrincipalName', 'proxyAddresses'] as const;

/** Adds `folded:<fact>` beside each searched fact of a patch. A patch of the fact thus always replaces the folded one too. */
export function withFoldedFacts(facts: Record<string, unknown>): Record<string, unknown> {
  const folded = searched.flatMap((fact) =>
    facts[fact] === undefined ? [] : [[`folded:${fact}`, foldedFact(facts[fact])]],
  );
  return { ...facts, ...Object.fromEntries(folded) };
}

function foldedFact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(foldedFact);
  return typeof value === 'string' ? foldText(value) : null;
}
