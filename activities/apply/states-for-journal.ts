/** The states that the journal keeps of a change (domain/journal/journal.ts), loaded from the store. */
import { teamStates } from '../../domain/journal/journal.ts';
import type { TeamLink } from '../../domain/people/link.ts';
import type { TimelyTeam } from '../../domain/timely.ts';
import { timelyIdsOf } from '../../store/planning/links.ts';
import type { Services } from '../services.ts';

type Store = Services['database'];

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
