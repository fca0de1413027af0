/** Names and members of the stored teams, which only full cycles read. */
import { and, eq, sql } from 'drizzle-orm';
import { sameText } from '../../domain/text.ts';
import type { TimelyUser } from '../../domain/timely.ts';
import { asJson, isOneOfIds, type Store } from '../database.ts';
import { timelyTeams, timelyUsers } from '../schema/timely-tables.ts';
import { markReturnedDirty } from './dirty-subjects.ts';

/** Ids of the teams with that name, ignoring case. */
export async function teamIdsNamed(store: Store, tenant: string, name: string): Promise<number[]> {
  const { id, name: stored } = timelyTeams;
  const rows = await store.select({ id, stored }).from(timelyTeams).where(eq(timelyTeams.tenant, tenant));
  return rows.filter((row) => sameText(row.stored, name)).map((row) => row.id);
}

/**
 * Takes removed users out of the stored teams, as Timely does: a person who returns gets their teams by the plan that
 * brings them back, and not by the next full cycle.
 */
export async function dropFromTeams(store: Store, tenant: string, userIds: number[]): Promise<void> {
  if (userIds.length === 0) return;
  const isDropped = sql`(member ->> 'userId')::bigint in (select jsonb_array_elements_text(${asJson(userIds)})::bigint)`;
  await markReturnedDirty(
    store,
    tenant,
    sql`update timely_teams as team set members = coalesce(
          (select jsonb_agg(member order by place) from jsonb_array_elements(team.members) with ordinality as entry (member, place)
           where not ${isDropped}), '[]')
        from team_links as link
        where team.tenant = ${tenant} and link.tenant = team.tenant and link.timely_id = team.id
        and exists (select from jsonb_array_elements(team.members) as member where ${isDropped})
        returning 'team' as kind, link.source as key`,
  );
}

/** The same for those of the read users who are removed now and were present so far. Called before the users are stored. */
export async function dropNewlyRemoved(store: Store, tenant: string, read: TimelyUser[]): Promise<void> {
  const removed = read.filter((user) => user.removed).map(({ id }) => id);
  if (removed.length === 0) return;
  const wasPresent = and(eq(timelyUsers.removed, false), isOneOfIds(timelyUsers.id, removed));
  const rows = await store
    .select({ id: timelyUsers.id })
    .from(timelyUsers)
    .where(and(eq(timelyUsers.tenant, tenant), wasPresent));
  await dropFromTeams(
    store,
    tenant,
    rows.map(({ id }) => id),
  );
}
