/**
 * Moves the replica and its cursor by a staged round.
 *
 * The outcome is worked out first, into temporary tables, by window functions over the staged entries alone. PostgreSQL
 * would plan a join of the staging table by the statistics of a table that is filled and emptied all the time, row by row
 * through 100,000 people. The temporary tables are analyzed: a round of five entries goes through an index, one of 300,000
 * is hashed.
 */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { DirectoryStream } from '../../directory/source.ts';
import type { Database, Store, Transaction } from '../database.ts';
import { directoryCursors } from '../schema/directory-tables.ts';
import { markAllDirty, markReturnedDirty, requestReplan } from './dirty-subjects.ts';
import { keepFormerPeople } from './former-people.ts';
import { replicaTables, type StreamKey } from './replica.ts';
import { isOfObject } from './staged-entries.ts';

export interface ReplicaMove extends StreamKey {
  /**
   * `replace`: a full round that proved itself. `merge`: an incremental one. `add`: a full round that did not prove itself;
   * it may add people, never remove any, and leaves the cursor where it was.
   */
  mode: 'replace' | 'merge' | 'add';
  cursor: string | null;
  /** What the cursor depends on. */
  scope: string;
  now: Date;
  /** Live objects of a full round. */
  fullObjects: number;
  /** Those that the directory does not list. */
  unlisted: number;
}

/** Moves replica and cursor within a transaction. Answers how many rows of the replica changed. */
export async function moveReplica(store: Transaction, move: ReplicaMove): Promise<number> {
  const isIdle = move.mode !== 'replace' && !(await hasEntries(store, move));
  const changed = isIdle ? 0 : await moveRows(store, move);
  if (move.mode !== 'add') await moveCursor(store, move);
  // A merge marks each person that it changes; a full round concerns everything.
  if (changed > 0) await (move.mode === 'merge' ? requestReplan : markAllDirty)(store, move.tenant);
  return changed;
}

/** Gives back the room, and refreshes the statistics, of the tables that a large round has written. */
export async function vacuumMoved(database: Database, stream: DirectoryStream): Promise<void> {
  await database.execute(sql`vacuum (analyze) ${written[stream]}`);
}

async function hasEntries(store: Store, { tenant, stream }: StreamKey): Promise<boolean> {
  const some = sql`select from directory_staging where tenant = ${tenant} and stream = ${stream} limit 1`;
  return (await countOf(store, some)) > 0;
}

async function moveRows(store: Store, move: ReplicaMove): Promise<number> {
  // Sorting 300,000 entries on disk takes twice as long.
  await store.execute(sql`set local work_mem = '64MB'`);
  await gatherObjects(store, move);
  let changed = 0;
  if (move.stream === 'groups') {
    await gatherMemberships(store, move);
    changed += await deleteMemberships(store, move);
    changed += await insertMemberships(store, move);
  }
  changed += await deleteObjects(store, move);
  return changed + (await writeObjects(store, move));
}

/**
 * `round_objects`: what the round says about each object. `removed_at` is the position of its last removal. `facts` are
 * the patches after that, merged in the order they came; null when the removal came last. A full round says most objects once:
 * merging every patch of 100,000 people would sort a million facts.
 */
async function gatherObjects(store: Store, { tenant, stream }: StreamKey): Promise<void> {
  await store.execute(sql`
    create temporary table round_objects on commit drop as
    with entries as (
      select object_id, position, patch, count(*) over said as times,
        max(position) filter (where type = 'removed') over said as removed_at
      from directory_staging where tenant = ${tenant} and stream = ${stream} and ${isOfObject}
      window said as (partition by object_id)
    )
    select object_id, removed_at, case when removed_at is null then coalesce(patch, '{}') end as facts
    from entries where times = 1
    union all
    select object_id, removed_at,
      case when max(position) > coalesce(removed_at, 0) then
        coalesce(jsonb_object_agg(fact.key, fact.value order by position) filter (where fact.key is not null), '{}') end as facts
    from entries
    left join lateral jsonb_each(case when position > coalesce(removed_at, 0) then patch end) as fact on true
    where times > 1 group by object_id, removed_at`);
  // Not the facts: nothing compares them, and they take longest.
  await store.execute(sql`analyze round_objects (object_id, removed_at)`);
}

/** `round_members`: what the round says last about each membership, after its group's last removal. */
async function gatherMemberships(store: Store, { tenant, stream }: StreamKey): Promise<void> {
  await store.execute(sql`
    create temporary table round_members on commit drop as
    with entries as (
      select *, max(position) filter (where type = 'removed') over (partition by object_id) as removed_at
      from directory_staging where tenant = ${tenant} and stream = ${stream} and type in ('member', 'removed')
    )
    select distinct on (object_id, member_id) object_id as group_id, member_id, member_kind, gone
    from entries where type = 'member' and position > coalesce(removed_at, 0)
    order by object_id, member_id, position desc`);
  await store.execute(sql`analyze round_members`);
}

/** Tables with the columns that statements compare: statistics of facts take longest, and nothing uses them. */
const stagedColumns = 'directory_staging (tenant, stream, type, object_id, member_id)';
const written: Record<DirectoryStream, SQL> = {
  users: sql.raw(`${stagedColumns}, directory_people (tenant, id)`),
  groups: sql.raw(`${stagedColumns}, directory_groups (tenant, id), directory_memberships`),
};

/** Which subjects a changed row makes dirty. Groups, and groups within groups, may concern everything. */
const dirtyOfObject: Record<DirectoryStream, SQL> = {
  users: sql`'person' as kind, replica.id as key`,
  groups: sql`'everything' as kind, '' as key`,
};
const dirtyOfMember = sql`case replica.member_kind when 'user' then 'person' else 'everything' end as kind, replica.member_id as key`;

const isDeleted = {
  merge: sql`exists (select from round_objects where object_id = replica.id and removed_at is not null)`,
  replace: sql`not exists (select from round_objects where object_id = replica.id and removed_at is null)`,
};

/**
 * Deletes objects that the round removes, restored or not: a restored object keeps no facts from before. A full round also
 * deletes what it does not mention.
 */
async function deleteObjects(store: Store, { tenant, stream, mode }: ReplicaMove): Promise<number> {
  if (mode === 'add') return 0;
  if (stream === 'users') await keepFormerPeople(store, tenant, isDeleted[mode]);
  const table = replicaTables[stream];
  if (mode === 'replace')
    return await countOf(
      store,
      sql`delete from ${table} as replica where tenant = ${tenant} and ${isDeleted.replace}`,
    );
  return await markReturnedDirty(
    store,
    tenant,
    sql`
    delete from ${table} as replica using round_objects
    where replica.tenant = ${tenant} and replica.id = object_id and removed_at is not null
    returning ${dirtyOfObject[stream]}`,
  );
}

/**
 * Writes what the round says about each object: everything after a full round, what changed after an incremental one.
 * Only rows that differ are written: replays cost nothing (docs/reference/microsoft-graph.md section 1.3).
 */
async function writeObjects(store: Store, { tenant, stream, mode }: ReplicaMove): Promise<number> {
  const read = mode === 'replace' ? sql`excluded.facts` : sql`replica.facts || excluded.facts`;
  const facts = stream === 'users' ? sql`(${read}) || ${formerAddresses(read)}` : read;
  const statement = sql`
    insert into ${replicaTables[stream]} as replica (tenant, id, facts)
    select ${tenant}, object_id, facts from round_objects where facts <> '{}'
    on conflict (tenant, id) do update set facts = ${facts} where replica.facts is distinct from ${facts}`;
  if (mode !== 'merge') return await countOf(store, statement);
  return await markReturnedDirty(store, tenant, sql`${statement} returning ${dirtyOfObject[stream]}`);
}

/**
 * The addresses that a person had before this round and the earlier ones, as a fact of its own: a Timely user may still have
 * one of them. Compares first, because few people get another address.
 */
const formerAddresses = (read: SQL) => sql`
  case when (replica.facts -> 'mail', replica.facts -> 'userPrincipalName', replica.facts -> 'proxyAddresses')
      is distinct from ((${read}) -> 'mail', (${read}) -> 'userPrincipalName', (${read}) -> 'proxyAddresses') then
    jsonb_build_object('formerAddresses', (
      select coalesce(jsonb_agg(distinct address), '[]') from (
        values (replica.facts -> 'mail'), (replica.facts -> 'userPrincipalName')
        union all select jsonb_array_elements(coalesce(replica.facts -> 'formerAddresses', '[]'))
        union all select jsonb_array_elements(case jsonb_typeof(replica.facts -> 'proxyAddresses')
          when 'array' then replica.facts -> 'proxyAddresses' else '[]' end)
      ) as before (address) where jsonb_typeof(address) = 'string'
        and address is distinct from (${read}) -> 'mail' and address is distinct from (${read}) -> 'userPrincipalName'))
  when replica.facts ? 'formerAddresses' then
    jsonb_build_object('formerAddresses', replica.facts -> 'formerAddresses')
  else '{}' end`;

async function deleteMemberships(store: Store, { tenant, mode }: ReplicaMove): Promise<number> {
  switch (mode) {
    case 'add':
      return 0;
    case 'merge': {
      const byGroup = await markReturnedDirty(
        store,
        tenant,
        sql`
        delete from directory_memberships as replica using round_objects
        where replica.tenant = ${tenant} and replica.group_id = object_id and removed_at is not null
        returning ${dirtyOfMember}`,
      );
      const byMember = await markReturnedDirty(
        store,
        tenant,
        sql`
        delete from directory_memberships as replica using round_members as latest
        where replica.tenant = ${tenant} and replica.group_id = latest.group_id and replica.member_id = latest.member_id and latest.gone
        returning ${dirtyOfMember}`,
      );
      return byGroup + byMember;
    }
    case 'replace':
      return await countOf(
        store,
        sql`
        delete from directory_memberships as replica where tenant = ${tenant} and not exists (
          select from round_members as latest
          where latest.group_id = replica.group_id and latest.member_id = replica.member_id and not latest.gone)`,
      );
  }
}

/** Trying 300,000 rows for a conflict takes almost half as long as inserting them, and at first there is none. */
async function insertMemberships(store: Store, { tenant, mode }: ReplicaMove): Promise<number> {
  const some = sql`select from directory_memberships where tenant = ${tenant} limit 1`;
  const conflicts = (await countOf(store, some)) > 0 ? sql`on conflict do nothing` : sql``;
  const statement = sql`
    insert into directory_memberships as replica (tenant, group_id, member_id, member_kind)
    select ${tenant}, group_id, member_id, member_kind from round_members where not gone ${conflicts}`;
  if (mode !== 'merge') return await countOf(store, statement);
  return await markReturnedDirty(store, tenant, sql`${statement} returning ${dirtyOfMember}`);
}

const countOf = async (store: Store, statement: SQL) => (await store.execute(statement)).rowCount ?? 0;

async function moveCursor(
  store: Store,
  { tenant, stream, mode, cursor, scope, now, fullObjects, unlisted }: ReplicaMove,
) {
  if (cursor === null) return;
  const moved = { cursor, scope, movedAt: now, failedCycles: 0 };
  if (mode === 'replace') {
    const values = { ...moved, fullAt: now, fullObjects, unlisted };
    await store
      .insert(directoryCursors)
      .values({ tenant, stream, ...values })
      .onConflictDoUpdate({ target: [directoryCursors.tenant, directoryCursors.stream], set: values });
    return;
  }
  await store
    .update(directoryCursors)
    .set(moved)
    .where(and(eq(directoryCursors.tenant, tenant), eq(directoryCursors.stream, stream)));
}
