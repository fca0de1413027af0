/**
 * A round of the directory, page by page. Nothing of it shows in the replica before its last page is in; then
 * `commitRound` moves replica and cursor in one transaction (docs/reference/rules.md section 1.1).
 */
import { and, eq, sql } from 'drizzle-orm';
import type { DirectoryEntry, DirectoryStream } from '../../directory/source.ts';
import { asJson, isOneOf, type Store } from '../database.ts';
import { directoryCursors, directoryStaging } from '../schema/directory-tables.ts';

/** Where a stream stands before a round; null before the first. */
export async function cursorOf(store: Store, tenant: string, stream: DirectoryStream) {
  const [row] = await store
    .select()
    .from(directoryCursors)
    .where(and(eq(directoryCursors.tenant, tenant), eq(directoryCursors.stream, stream)));
  return row ?? null;
}

/** Before a round, in case an interrupted one left something, and after it. Answers how many entries there were. */
export async function clearStaging(store: Store, tenant: string, stream: DirectoryStream): Promise<number> {
  const result = await store
    .delete(directoryStaging)
    .where(and(eq(directoryStaging.tenant, tenant), eq(directoryStaging.stream, stream)));
  return result.rowCount ?? 0;
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
 * Ids with both a live entry and a removal in one round. The order of entries is not defined
 * (docs/reference/microsoft-graph.md section 1.3), so only a point read tells which of the two holds.
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
    and ${isOneOf(sql`object_id`, ids)}`);
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
    and ${isOneOf(sql`object_id`, groupIds)}
    and (type = 'removed') = (${isOneOf(sql`object_id`, existing)})`);
}

/** How many live objects the round holds, for evidence of a full read: those whose last word is not a removal. */
export async function stagedObjects(store: Store, tenant: string, stream: DirectoryStream): Promise<number> {
  const { rows } = await store.execute<{ objects: string }>(sql`
    select count(*) as objects from (
      select from directory_staging where tenant = ${tenant} and stream = ${stream} and type <> 'member'
      group by object_id
      having max(position) > coalesce(max(position) filter (where type = 'removed'), 0)) as live`);
  return Number(rows[0]?.objects ?? 0);
}
