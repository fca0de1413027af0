/** The states that the journal keeps of a change (domain/journal/journal.ts), loaded from the store. */
import { type JournalPlace, placesOf, teamStates } from '../../domain/journal/journal.ts';
import type { TeamLink } from '../../domain/people/link.ts';
import type { TimelyTeam } from '../../domain/timely.ts';
import { timelyIdsOf } from '../../store/planning/links.ts';
import { teamLinksOf } from '../../store/planning/team-links.ts';
import { teamsWith } from '../../store/replica/timely-snapshot.ts';
import type { Services } from '../services.ts';

type Store = Services['database'];

/** The places that a user has in teams: after a removal only the journal has them. */
export async function placesInTeams(store: Store, tenant: string, userId: number): Promise<JournalPlace[]> {
  const teams = await teamsWith(store, tenant, userId);
  if (teams.length === 0) return [];
  const links = await teamLinksOf(
    store,
    tenant,
    teams.map(({ id }) => id),
  );
  const managed = new Map<number, Set<number>>();
  for (const link of links) managed.set(link.timelyId, await managedBy(store, tenant, link));
  return placesOf(userId, teams, (teamId) => managed.get(teamId) ?? new Set());
}

/** Timely ids of the members whom the sync put into a team: the journal holds no object ids of members. */
export async function managedBy(
  store: Store,
  tenant: string,
  link: Pick<TeamLink, 'personIds'> | null,
): Promise<Set<number>> {
  return new Set((await timelyIdsOf(store, tenant, link?.personIds ?? [], 'any')).values());
}

/** A team before and after a write, for the journal. */
export async function statesOfTeam(
  store: Store,
  tenant: string,
  link: Pick<TeamLink, 'personIds'> | null,
  { before, after }: { before: TimelyTeam | null; after: TimelyTeam | null },
) {
  return teamStates(before, after, await managedBy(store, tenant, link));
}
