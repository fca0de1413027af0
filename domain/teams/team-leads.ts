/** Who leads a team by the directory: `teamMembers.leads: managers`. */

import type { TeamState } from '../plan/change.ts';
import type { SyncRules } from '../rules.ts';
import type { TimelyTeam } from '../timely.ts';
import type { TeamPeople } from './bound-team.ts';

/** Those whom another of these people reports to, in the order given. */
export function leadersAmong(personIds: readonly string[], people: Pick<TeamPeople, 'managerOf'>): string[] {
  const managers = new Set(
    personIds.flatMap((personId) => {
      const managerId = people.managerOf(personId);
      return managerId === null || managerId === personId ? [] : [managerId];
    }),
  );
  return personIds.filter((personId) => managers.has(personId));
}

/** Both states with those who lead now and who should; as they are where leads are not the directory's matter. */
export function withLeads(
  { before, after }: { before: TeamState; after: TeamState },
  { leads }: Pick<SyncRules['teamMembers'], 'leads'>,
  team: TimelyTeam,
  people: TeamPeople,
): { before: TeamState; after: TeamState } {
  if (leads === 'keep') return { before, after };
  const leading = new Set(team.members.filter(({ lead }) => lead).map(({ userId }) => userId));
  const leadsNow = (personId: string) => leading.has(people.timelyIdOf(personId) ?? -1);
  return {
    before: { ...before, leads: before.personIds.filter(leadsNow) },
    after: { ...after, leads: leadersAmong(after.personIds, people) },
  };
}

/** How many of those who stay begin or cease to lead, and how many come as leads. */
export function countLeadChanges(before: TeamState, after: TeamState): number {
  const [now, wanted] = [new Set(before.leads), new Set(after.leads)];
  return after.personIds.filter((personId) => now.has(personId) !== wanted.has(personId)).length;
}
