/** Retires teams whose source is gone. The gate always holds it (domain/gate/team-changes.ts). */

import type { TeamLink } from '../people/link.ts';
import type { TeamState } from '../plan/change.ts';
import type { UnsignedTeamChange } from '../plan/fingerprint.ts';
import { compareText } from '../text.ts';
import { isPlanned, type TeamPeople, type TeamsInput } from './bind-teams.ts';
import { sourcelessTeams } from './pass-on.ts';
import { memberCheck } from './team-link-updates.ts';

/** Returns a change for each team without a source, but for those that pass on. */
export function retireTeams(
  input: TeamsInput,
  passedOn: ReadonlySet<TeamLink>,
  people: TeamPeople,
): UnsignedTeamChange[] {
  if (!input.mayTakeOut) return [];
  const retired = sourcelessTeams(input).filter(({ link }) => isPlanned(link.source, input));
  return retired.flatMap(({ link, team }): UnsignedTeamChange[] => {
    if (passedOn.has(link)) return [];
    const { source, timelyId, personIds } = link;
    const before: TeamState = {
      name: team.name,
      personIds: personIds.filter(memberCheck(team, people)).sort(compareText),
    };
    const subject = { type: 'team' as const, source, timelyId, name: team.name };
    const reason = `source-gone: the directory or the tenant file no longer has ${source}`;
    return [{ kind: 'retireTeam', subject, reason, before, after: null }];
  });
}
