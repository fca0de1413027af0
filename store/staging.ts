/**
 * A round of the directory, page by page. Nothing of it shows in the replica before its last page is in; then replica
 * and cursor move in one transaction (behaviour.md, section 1.1).
 */
import { and, eq, sql } from 'drizzle-orm';
import type { DirectoryEntry, DirectoryStream } from '../directory/source.ts';
import { asJson, type Database, type Store } from './database.ts';
import { directoryCursors, directoryStaging } from './schema.ts';
import { touch } from './tenants.ts';

/** Where a stream stands before a round; null before the first. */
export async function cursorOf(store: Store, tenant: string, stream: DirectoryStream) {
  const [row] = await store
    .select()
    .from(directoryCursors)
    .where(and(eq(directoryCursors.tenant, tenant), eq(directoryCursors.stream, stream)));
  return row ?? null;
}

/** Begins a round: what an interrupted one left is dropped. */
export async function clearStaging(store: Store, tenant: string, stream: DirectoryStream): Promise<void> {
  await store
    .delete(directoryStaging)
    .where(and(eq(directoryStaging.tenant, tenant), eq(directoryStaging.stream, stream)));
}

/** Adds one page to the round, by one statement. */
export async function stagePage(
  store: Store,
  tenant: string,
  stream: DirectoryStream,
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
      return { type: entry.type, object_id: entry.id, patch: flatPatch(entry.patch) };
    case 'group':
      return { type: entry.type, object_id: entry.id, patch: entry.patch };
    case 'member':
      return {
        type: entry.type,
        object_id: entry.groupId,
        member_id: entry.memberId,
        member_kind: entry.memberKind,
        gone: entry.removed,
      };
    case 'removed':
      return { type: entry.type, object_id: entry.id };
  }
}

/** Attributes stand beside the other facts as `attribute:<name>`, so that a patch of one keeps the others. */
function flatPatch({ attributes = {}, ...facts }: Extract<DirectoryEntry, { type: 'person' }>['patch']) {
  const flat = Object.entries(attributes).map(([name, value]) => [`attribute:${name}`, value]);
  return { ...facts, ...Object.fromEntries(flat) };
}

/**
 * Ids with both a live entry and a removal in one round. The order of entries is not defined (microsoft-graph.md,
 * section 1.3), so only a point read tells which of the two holds.
 */
export async function contradictions(
  store: Store,
  tenant: string,
  stream: DirectoryStream,
): Promise<string[]> {
  const { rows } = await store.execute<{ id: string }>(sql`
    select object_id as id from directory_staging
    where tenant = ${tenant} and stream = ${stream}
    group by object_id having bool_or(type <> 'removed') and bool_or(type = 'removed') order by 1`);
  return rows.map((row) => row.id);
}

/** Replaces all a round says about some people by the answers of point reads; null: not in the directory. */
export async function settleContradictions(
  store: Store,
  tenant: string,
  entries: DirectoryEntry[],
): Promise<void> {
  const ids = entries.map((entry) => ('id' in entry ? entry.id : ''));
  await store.execute(sql`
    delete from directory_staging where tenant = ${tenant} and stream = 'users'
    and object_id in (select jsonb_array_elements_text(${asJson(ids)}))`);
  // A removal first: a restored person begins anew instead of keeping facts from before.
  await stagePage(
    store,
    tenant,
    'users',
    ids.map((id) => ({ type: 'removed', stream: 'users', id, purged: false }) as const),
  );
  await stagePage(
    store,
    tenant,
    'users',
    entries.filter((entry) => entry.type === 'person'),
  );
}

/** The same for groups: what the round says of those that exist counts, whatever came first. */
export async function settleGroups(
  store: Store,
  tenant: string,
  groupIds: string[],
  existing: string[],
): Promise<void> {
  await store.execute(sql`
    delete from directory_staging where tenant = ${tenant} and stream = 'groups'
    and object_id in (select jsonb_array_elements_text(${asJson(groupIds)}))
    and (type = 'removed') = (object_id in (select jsonb_array_elements_text(${asJson(existing)})))`);
}

/** How many live objects the round holds, for evidence of a full read. */
export async function stagedObjects(store: Store, tenant: string, stream: DirectoryStream): Promise<number> {
  const { rows } = await store.execute<{ objects: string }>(sql`
    select count(distinct object_id) as objects from directory_staging staged
    where tenant = ${tenant} and stream = ${stream} and type in ('person', 'group') and not exists (
      select from directory_staging removal where removal.tenant = staged.tenant and removal.stream = staged.stream
      and removal.object_id = staged.object_id and removal.type = 'removed' and removal.position > staged.position)`);
  return Number(rows[0]?.objects ?? 0);
}

export interface CommitRound {
  tenant: string;
  stream: DirectoryStream;
  /**
   * `replace`: a whole read that proved itself. `merge`: an incremental one. `add`: a whole read that did not prove
   * itself; it may bring people, never take any away, and leaves the cursor where it was.
   */
  mode: 'replace' | 'merge' | 'add';
  cursor: string | null;
  scope: string;
  now: Date;
  fullObjects: number;
}

/** Moves replica and cursor in one transaction. Answers how many rows of the replica changed. */
export async function commitRound(database: Database, round: CommitRound): Promise<number> {
  return await database.transaction(async (store) => {
    const changed =
      round.stream === 'users' ? await commitPeople(store, round) : await commitGroups(store, round);
    if (round.mode !== 'add') await moveCursor(store, round);
    await clearStaging(store, round.tenant, round.stream);
    if (changed > 0) await touch(store, round.tenant);
    return changed;
  });
}

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

async function commitPeople(store: Store, { tenant, mode }: CommitRound): Promise<number> {
  const removed = await removeObjects(store, 'directory_people', 'users', tenant, mode);
  const written = await writeObjects(store, 'directory_people', 'users', tenant, mode);
  return removed + written;
}

async function commitGroups(store: Store, { tenant, mode }: CommitRound): Promise<number> {
  const removed = await removeObjects(store, 'directory_groups', 'groups', tenant, mode);
  const written = await writeObjects(store, 'directory_groups', 'groups', tenant, mode);
  const left = await removeMemberships(store, tenant, mode);
  const joined = await writeMemberships(store, tenant);
  return removed + written + left + joined;
}

const tables = {
  directory_people: sql.raw('directory_people'),
  directory_groups: sql.raw('directory_groups'),
};

/** Takes out what the round says is gone; in a whole read also what it does not mention. */
async function removeObjects(
  store: Store,
  table: keyof typeof tables,
  stream: DirectoryStream,
  tenant: string,
  mode: CommitRound['mode'],
): Promise<number> {
  if (mode === 'add') return 0;
  const type = table === 'directory_people' ? 'person' : 'group';
  const gone =
    mode === 'replace'
      ? sql`not exists (select from directory_staging s where s.tenant = ${tenant} and s.stream = ${stream}
            and s.type = ${type} and s.object_id = o.id)`
      : sql`exists (select from directory_staging s where s.tenant = ${tenant} and s.stream = ${stream}
            and s.type = 'removed' and s.object_id = o.id)`;
  const result = await store.execute(
    sql`delete from ${tables[table]} o where o.tenant = ${tenant} and (${gone})`,
  );
  return result.rowCount ?? 0;
}

/**
 * Writes each object's patches, merged in the order they came; those before its last removal do not count.
 * A whole read that proved itself tells all there is: what it leaves out was never set, or is not tracked any more.
 * Only rows that differ afterwards are written: replays cost nothing (microsoft-graph.md, section 1.3).
 */
async function writeObjects(
  store: Store,
  table: keyof typeof tables,
  stream: DirectoryStream,
  tenant: string,
  mode: CommitRound['mode'],
): Promise<number> {
  const facts = mode === 'replace' ? sql`excluded.facts` : sql`replica.facts || excluded.facts`;
  const result = await store.execute(sql`
    with staged as materialized (
      select * from directory_staging where tenant = ${tenant} and stream = ${stream}
    ), removal as (
      select object_id, max(position) as position from staged where type = 'removed' group by object_id
    ), merged as (
      select staged.object_id, jsonb_object_agg(fact.key, fact.value order by staged.position) as facts
      from staged
      left join removal using (object_id)
      cross join lateral jsonb_each(staged.patch) as fact
      where staged.type in ('person', 'group') and (removal.position is null or staged.position > removal.position)
      group by staged.object_id
    )
    insert into ${tables[table]} as replica (tenant, id, facts)
    select ${tenant}, object_id, facts from merged
    on conflict (tenant, id) do update set facts = ${facts} where replica.facts is distinct from ${facts}`);
  return result.rowCount ?? 0;
}

/** Each membership's last word in the round, and only what came after its group's last removal. */
const lastMemberships = (tenant: string) => sql`
  select distinct on (m.object_id, m.member_id) m.object_id, m.member_id, m.member_kind, m.gone
  from directory_staging m
  where m.tenant = ${tenant} and m.stream = 'groups' and m.type = 'member' and not exists (
    select from directory_staging r where r.tenant = m.tenant and r.stream = m.stream and r.type = 'removed'
    and r.object_id = m.object_id and r.position > m.position)
  order by m.object_id, m.member_id, m.position desc`;

async function removeMemberships(store: Store, tenant: string, mode: CommitRound['mode']): Promise<number> {
  if (mode === 'add') return 0;
  const gone =
    mode === 'replace'
      ? sql`not exists (select from last where last.object_id = m.group_id and last.member_id = m.member_id and not last.gone)`
      : sql`exists (select from last where last.object_id = m.group_id and last.member_id = m.member_id and last.gone)
          or exists (select from directory_staging r where r.tenant = ${tenant} and r.stream = 'groups'
            and r.type = 'removed' and r.object_id = m.group_id)`;
  const result = await store.execute(sql`
    with last as materialized (${lastMemberships(tenant)})
    delete from directory_memberships m where m.tenant = ${tenant} and (${gone})`);
  return result.rowCount ?? 0;
}

async function writeMemberships(store: Store, tenant: string): Promise<number> {
  const result = await store.execute(sql`
    with last as materialized (${lastMemberships(tenant)})
    insert into directory_memberships as replica (tenant, group_id, member_id, member_kind)
    select ${tenant}, object_id, member_id, member_kind from last where not gone
    on conflict (tenant, group_id, member_id) do nothing`);
  return result.rowCount ?? 0;
}
