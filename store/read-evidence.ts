/** A staged round beside the replica: what a read that claims to be whole is judged by, and what it may have missed. */
import { sql } from 'drizzle-orm';
import type { DirectoryStream } from '../directory/source.ts';
import type { Store } from './database.ts';

const replicaTables = { users: sql.raw('directory_people'), groups: sql.raw('directory_groups') };

/** How many objects of a stream the replica has. */
export async function replicaObjects(store: Store, tenant: string, stream: DirectoryStream): Promise<number> {
  return await count(store, sql`select count(*) from ${replicaTables[stream]} where tenant = ${tenant}`);
}

/** How many memberships the replica has. */
export async function replicaMemberships(store: Store, tenant: string): Promise<number> {
  return await count(store, sql`select count(*) from directory_memberships where tenant = ${tenant}`);
}

/** How many memberships a whole round tells of. */
export async function stagedMemberships(store: Store, tenant: string): Promise<number> {
  return await count(
    store,
    sql`select count(distinct (object_id, member_id)) from directory_staging
      where tenant = ${tenant} and stream = 'groups' and type = 'member' and not gone`,
  );
}

async function count(store: Store, query: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await store.execute<{ count: string }>(query);
  return Number(rows[0]?.count ?? 0);
}

/**
 * Objects of the replica of which the round says nothing at all, neither that they are there nor that they are gone. A
 * difference of two sets, since a join of the staging table is planned by statistics that are never right (`commit-round.ts`).
 */
export async function unmentioned(store: Store, tenant: string, stream: DirectoryStream): Promise<string[]> {
  const { rows } = await store.execute<{ id: string }>(sql`
    select id from ${replicaTables[stream]} where tenant = ${tenant}
    except
    select object_id from directory_staging where tenant = ${tenant} and stream = ${stream} and type <> 'member'
    order by 1`);
  return rows.map((row) => row.id);
}
