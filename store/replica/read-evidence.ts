/** A staged round beside the replica: what a read that claims to be whole is judged by, and what it may have missed. */
import { sql } from 'drizzle-orm';
import type { DirectoryStream } from '../../directory/source.ts';
import type { Membership } from '../../domain/people/directory.ts';
import { asJson, type Store } from '../database.ts';
import { stagePage } from './staging.ts';

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

/** Memberships of the replica of which a whole round says nothing at all. */
export async function unmentionedMembers(store: Store, tenant: string): Promise<Membership[]> {
  return await memberships(
    store,
    sql`select group_id, member_id, member_kind from directory_memberships where tenant = ${tenant}
      except
      select object_id, member_id, member_kind from directory_staging
      where tenant = ${tenant} and stream = 'groups' and type = 'member'`,
  );
}

/**
 * Memberships that a round tells both as there and as gone. The order of entries is not defined
 * (docs/reference/microsoft-graph.md section 1.3), so that only a point read of the group tells which of the two holds.
 */
export async function contradictoryMembers(store: Store, tenant: string): Promise<Membership[]> {
  const staged = sql`select object_id as group_id, member_id, member_kind from directory_staging
    where tenant = ${tenant} and stream = 'groups' and type = 'member'`;
  return await memberships(store, sql`${staged} and gone intersect ${staged} and not gone`);
}

/** Replaces all a round says about some memberships by what the groups say now: `there` are those that exist. */
export async function settleMembers(
  store: Store,
  tenant: string,
  asked: Membership[],
  there: ReadonlySet<string>,
): Promise<void> {
  const pairs = asked.map(({ groupId, memberId }) => ({ groupId, memberId }));
  await store.execute(sql`
    delete from directory_staging using jsonb_to_recordset(${asJson(pairs)}) as pair ("groupId" text, "memberId" text)
    where tenant = ${tenant} and stream = 'groups' and type = 'member'
    and object_id = "groupId" and member_id = "memberId"`);
  await stagePage(
    store,
    tenant,
    'groups',
    asked.map((membership) => ({
      type: 'member',
      ...membership,
      removed: !there.has(membershipKey(membership)),
    })),
  );
}

export const membershipKey = ({ groupId, memberId }: Pick<Membership, 'groupId' | 'memberId'>) =>
  `${groupId} ${memberId}`;

async function memberships(store: Store, query: ReturnType<typeof sql>): Promise<Membership[]> {
  const { rows } = await store.execute<
    Record<'group_id' | 'member_id', string> & { member_kind: 'user' | 'group' }
  >(sql`${query} order by 1, 2`);
  return rows.map((row) => ({ groupId: row.group_id, memberId: row.member_id, memberKind: row.member_kind }));
}
