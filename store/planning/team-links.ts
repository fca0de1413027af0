/** What ties the sources of teams to Timely teams. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { JournalPlace } from '../../domain/journal/journal.ts';
import type { TeamLink } from '../../domain/people/link.ts';
import type { TeamSource } from '../../domain/plan/change.ts';
import type { TeamLinkUpdate } from '../../domain/teams/team-link-updates.ts';
import type { Store } from '../database.ts';
import { addToDirtySet } from '../replica/dirty-subjects.ts';
import { hasMember } from '../replica/timely-snapshot.ts';
import { teamMembers } from '../schema/json-values.ts';
import { teamLinks } from '../schema/link-tables.ts';

export async function loadTeamLinks(store: Store, tenant: string): Promise<TeamLink[]> {
  const rows = await store.select().from(teamLinks).where(eq(teamLinks.tenant, tenant));
  return rows.map(teamLinkIn);
}

function teamLinkIn({ tenant: _, pattern, ...link }: typeof teamLinks.$inferSelect): TeamLink {
  return { ...link, ...(pattern !== null && { pattern }) };
}

/** Links of these Timely teams. */
export async function teamLinksOf(store: Store, tenant: string, timelyIds: number[]): Promise<TeamLink[]> {
  const rows = await store
    .select()
    .from(teamLinks)
    .where(and(eq(teamLinks.tenant, tenant), inArray(teamLinks.timelyId, timelyIds)));
  return rows.map(teamLinkIn);
}

/** The places that a user has in teams, and whether the sync put them there: after a removal only the journal has them. */
export async function placesInTeams(store: Store, tenant: string, userId: number): Promise<JournalPlace[]> {
  // PostgreSQL picks the one member: a team may have ten thousand.
  const { rows } = await store.execute<{ team: string; places: unknown; managed: boolean }>(sql`
    select id as team,
      jsonb_path_query_array(members, '$[*] ? (@.userId == $id)', jsonb_build_object('id', ${userId}::bigint)) as places,
      exists (
        select from team_links link join person_links person on person.tenant = link.tenant and person.timely_id = ${userId}
        where link.tenant = ${tenant} and link.timely_id = timely_teams.id and link.person_ids ? person.person_id
      ) as managed
    from timely_teams where ${hasMember(tenant, userId)} order by id`);
  return rows.flatMap(({ team, places, managed }) =>
    teamMembers
      .parse(places)
      .map(({ lead, hideHours }) => ({ team: Number(team), lead, hideHours, managed })),
  );
}

export async function teamLinkOf(store: Store, tenant: string, source: TeamSource): Promise<TeamLink | null> {
  const [row] = await store
    .select()
    .from(teamLinks)
    .where(and(eq(teamLinks.tenant, tenant), eq(teamLinks.source, source)));
  return row ? teamLinkIn(row) : null;
}

export async function linkTeam(store: Store, tenant: string, link: TeamLink): Promise<void> {
  await store
    .insert(teamLinks)
    .values({ tenant, ...link })
    .onConflictDoUpdate({ target: [teamLinks.tenant, teamLinks.source], set: link });
  await addToDirtySet(store, tenant, 'team', [link.source]);
}

/** Stores what a plan notes in the links of teams; a team that passes on leaves its former source. */
export async function storeTeamLinks(
  store: Store,
  tenant: string,
  updates: readonly TeamLinkUpdate[],
): Promise<void> {
  for (const { link, replaces } of updates) {
    if (replaces !== link.source) await unlinkTeam(store, tenant, replaces);
    await linkTeam(store, tenant, link);
  }
}

/** Records the name that we gave the team. */
export async function rememberTeamName(
  store: Store,
  tenant: string,
  source: TeamSource,
  name: string,
): Promise<void> {
  await store
    .update(teamLinks)
    .set({ name })
    .where(and(eq(teamLinks.tenant, tenant), eq(teamLinks.source, source)));
  await addToDirtySet(store, tenant, 'team', [source]);
}

export async function unlinkTeam(store: Store, tenant: string, source: TeamSource): Promise<void> {
  await store.delete(teamLinks).where(and(eq(teamLinks.tenant, tenant), eq(teamLinks.source, source)));
  await addToDirtySet(store, tenant, 'team', [source]);
}
