/**
 * The end of a round: replica and cursor move in one transaction (docs/reference/rules.md section 1.1).
 *
 * What a round comes to is worked out first, into temporary tables, by window functions over the staged entries alone.
 * A join of the staging table would be planned by statistics of a table that is filled and emptied all the time, row by
 * row through 100,000 people; the temporary tables are analyzed, so that a round of five entries goes through an index
 * and one of 300,000 is hashed.
 */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { DirectoryStream } from '../../directory/source.ts';
import type { Database, Store } from '../database.ts';
import { markAllDirty, markReturnedDirty, requestReplan } from '../planning/dirty-subjects.ts';
import { directoryCursors } from '../schema/directory-tables.ts';
import { endRound } from './rounds.ts';
import { clearStaging } from './staging.ts';

export interface CommitRound {
  tenant: string;
  stream: DirectoryStream;
  cycle: number;
  /**
   * `replace`: a whole read that proved itself. `merge`: an incremental one. `add`: a whole read that did not prove
   * itself; it may bring people, never take any away, and leaves the cursor where it was.
   */
  mode: 'replace' | 'merge' | 'add';
  cursor: string | null;
  scope: string;
  now: Date;
  fullObjects: number;
  /** Why the round proves nothing; none when it does. */
  reasons: string[];
}

/** A round of so many entries leaves room and statistics behind that PostgreSQL itself would see to a minute later. */
const entriesToVacuum = 1_000;

/**
 * Moves replica and cursor in one transaction. Answers how many rows of the replica changed.
 * @throws TransientError when another attempt has ended the round
 */
export async function commitRound(database: Database, round: CommitRound): Promise<number> {
  const { changed, entries } = await database.transaction(async (store) => {
    await endRound(store, round, round.reasons);
    const isIdle = round.mode !== 'replace' && !(await hasEntries(store, round));
    const changed = isIdle ? 0 : await moveReplica(store, round);
    if (round.mode !== 'add') await moveCursor(store, round);
    // A merge notes each person it touches; a whole read concerns everything.
    if (changed > 0) await (round.mode === 'merge' ? requestReplan : markAllDirty)(store, round.tenant);
    return { changed, entries: await clearStaging(store, round.tenant, round.stream) };
  });
  if (entries >= entriesToVacuum) await database.execute(sql`vacuum (analyze) ${written[round.stream]}`);
  return changed;
}

async function hasEntries(store: Store, { tenant, stream }: CommitRound): Promise<boolean> {
  const { rowCount } = await store.execute(
    sql`select from directory_staging where tenant = ${tenant} and stream = ${stream} limit 1`,
  );
  return rowCount === 1;
}

async function moveReplica(store: Store, round: CommitRound): Promise<number> {
  // Sorting 300,000 entries on disk takes twice as long.
  await store.execute(sql`set local work_mem = '64MB'`);
  await gatherObjects(store, round);
  let changed = 0;
  if (round.stream === 'groups') {
    await gatherMembers(store, round);
    changed += await takeOutMembers(store, round);
    changed += await putInMembers(store, round);
  }
  changed += await takeOutObjects(store, round);
  return changed + (await putInObjects(store, round));
}

/**
 * `round_objects`: what the round says of each object. `removed_at` is the place of its last removal; `facts` are its
 * patches after that, merged in the order they came; null when the removal was the last word.
 */
async function gatherObjects(store: Store, { tenant, stream }: CommitRound): Promise<void> {
  await store.execute(sql`
    create temporary table round_objects on commit drop as
    with entries as (
      select object_id, position, patch, max(position) filter (where type = 'removed') over (partition by object_id) as removed_at
      from directory_staging where tenant = ${tenant} and stream = ${stream} and type <> 'member'
    )
    select object_id, removed_at,
      case when max(position) > coalesce(removed_at, 0) then
        coalesce(jsonb_object_agg(fact.key, fact.value order by position) filter (where fact.key is not null), '{}') end as facts
    from entries
    left join lateral jsonb_each(case when position > coalesce(removed_at, 0) then patch end) as fact on true
    group by object_id, removed_at`);
  await store.execute(sql`analyze round_objects`);
}

/** `round_members`: each membership's last word in the round, and only what came after its group's last removal. */
async function gatherMembers(store: Store, { tenant, stream }: CommitRound): Promise<void> {
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

const tables: Record<DirectoryStream, SQL> = {
  users: sql.raw('directory_people'),
  groups: sql.raw('directory_groups'),
};
const written: Record<DirectoryStream, SQL> = {
  users: sql.raw('directory_staging, directory_people'),
  groups: sql.raw('directory_staging, directory_groups, directory_memberships'),
};

/** Whom a change in the replica touches: what groups are there and which group is in which may concern anybody. */
const noteOfObject: Record<DirectoryStream, SQL> = {
  users: sql`'person' as kind, replica.id as key`,
  groups: sql`'everything' as kind, '' as key`,
};
const noteOfMember = sql`case replica.member_kind when 'user' then 'person' else 'everything' end as kind, replica.member_id as key`;

/** Takes out what the round says is gone, restored or not: a restored object begins anew. In a whole read also what it does not mention. */
async function takeOutObjects(store: Store, { tenant, stream, mode }: CommitRound): Promise<number> {
  const table = tables[stream];
  switch (mode) {
    case 'add':
      return 0;
    case 'merge':
      return await markReturnedDirty(
        store,
        tenant,
        sql`
        delete from ${table} as replica using round_objects
        where replica.tenant = ${tenant} and replica.id = object_id and removed_at is not null
        returning ${noteOfObject[stream]}`,
      );
    case 'replace':
      return await countOf(
        store,
        sql`
        delete from ${table} as replica where tenant = ${tenant} and not exists (
          select from round_objects where object_id = replica.id and removed_at is null)`,
      );
  }
}

/**
 * Writes what the round says of each object: all there is to say in a whole read, what changed in an incremental one.
 * Only rows that differ afterwards are written: replays cost nothing (docs/reference/microsoft-graph.md section 1.3).
 */
async function putInObjects(store: Store, { tenant, stream, mode }: CommitRound): Promise<number> {
  const facts = mode === 'replace' ? sql`excluded.facts` : sql`replica.facts || excluded.facts`;
  const statement = sql`
    insert into ${tables[stream]} as replica (tenant, id, facts)
    select ${tenant}, object_id, facts from round_objects where facts <> '{}'
    on conflict (tenant, id) do update set facts = ${facts} where replica.facts is distinct from ${facts}`;
  if (mode !== 'merge') return await countOf(store, statement);
  return await markReturnedDirty(store, tenant, sql`${statement} returning ${noteOfObject[stream]}`);
}

async function takeOutMembers(store: Store, { tenant, mode }: CommitRound): Promise<number> {
  switch (mode) {
    case 'add':
      return 0;
    case 'merge': {
      const ofGroups = await markReturnedDirty(
        store,
        tenant,
        sql`
        delete from directory_memberships as replica using round_objects
        where replica.tenant = ${tenant} and replica.group_id = object_id and removed_at is not null
        returning ${noteOfMember}`,
      );
      const ofPeople = await markReturnedDirty(
        store,
        tenant,
        sql`
        delete from directory_memberships as replica using round_members as word
        where replica.tenant = ${tenant} and replica.group_id = word.group_id and replica.member_id = word.member_id and word.gone
        returning ${noteOfMember}`,
      );
      return ofGroups + ofPeople;
    }
    case 'replace':
      return await countOf(
        store,
        sql`
        delete from directory_memberships as replica where tenant = ${tenant} and not exists (
          select from round_members as word
          where word.group_id = replica.group_id and word.member_id = replica.member_id and not word.gone)`,
      );
  }
}

async function putInMembers(store: Store, { tenant, mode }: CommitRound): Promise<number> {
  const statement = sql`
    insert into directory_memberships as replica (tenant, group_id, member_id, member_kind)
    select ${tenant}, group_id, member_id, member_kind from round_members where not gone
    on conflict (tenant, group_id, member_id) do nothing`;
  if (mode !== 'merge') return await countOf(store, statement);
  return await markReturnedDirty(store, tenant, sql`${statement} returning ${noteOfMember}`);
}

const countOf = async (store: Store, statement: SQL) => (await store.execute(statement)).rowCount ?? 0;

async function moveCursor(
  store: Store,
  { tenant, stream, mode, cursor, scope, now, fullObjects }: CommitRound,
) {
  if (cursor === null) return;
  const moved = { cursor, scope, movedAt: now };
  if (mode === 'replace') {
    const values = { ...moved, fullAt: now, fullObjects };
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
