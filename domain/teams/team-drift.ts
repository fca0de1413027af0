/** What somebody did by hand in Timely to teams of the sync. The plan's changes take it back; these findings tell of it. */

import type { TeamLink } from '../people/link.ts';
import type { Finding } from '../plan/change.ts';
import type { SyncRules } from '../rules.ts';
import { compareText, sameText } from '../text.ts';
import type { TimelyTeam } from '../timely.ts';
import type { BoundTeam, TeamPeople } from './bound-team.ts';
import type { DesiredTeam } from './desired-teams.ts';

/** A linked team that is gone from Timely, or has another name than the one we left, which is still wanted. */
export function teamNameFindings(
  { name, personIds }: DesiredTeam,
  link: TeamLink,
  team: TimelyTeam | null,
): Finding[] {
  if (!team) {
    const message = `The team "${name}" was deleted in Timely by hand; it is created again.`;
    return personIds.length === 0 ? [] : [{ kind: 'team-deleted-by-hand', subject: name, message }];
  }
  if (link.name === null || !sameText(link.name, name) || sameText(team.name, name)) return [];
  const message = `The team "${name}" was renamed "${team.name}" in Timely by hand; it gets its name back.`;
  return [{ kind: 'team-renamed-by-hand', subject: name, message }];
}

/** People whom we had put in and somebody took out, and people whom somebody put in. */
export function teamMemberFindings(
  { desired, link, team }: BoundTeam,
  { manual }: Pick<SyncRules['teamMembers'], 'manual'>,
  people: TeamPeople,
): Finding[] {
  if (!link || !team) return [];
  const wanted = new Set(desired.personIds);
  const members = new Set(team.members.map(({ userId }) => userId));
  const isMember = (personId: string) => members.has(people.timelyIdOf(personId) ?? -1);
  const takenOut = link.personIds.filter((id) => wanted.has(id) && people.isPresent(id) && !isMember(id));
  const known = new Set([...link.personIds, ...wanted].map((id) => people.timelyIdOf(id)));
  const added = [...members].filter((userId) => !known.has(userId));
  const addresses = (timelyIds: (number | null)[]) =>
    timelyIds
      .map((id) => people.addressOf(id ?? -1))
      .sort(compareText)
      .join(', ');
  const about = (kind: string, message: string): Finding => ({ kind, subject: team.name, message });
  const findings: Finding[] = [];
  if (takenOut.length > 0) {
    const who = addresses(takenOut.map((id) => people.timelyIdOf(id)));
    findings.push(about('member-removed-by-hand', `Taken out of the team by hand, and put back: ${who}.`));
  }
  if (added.length > 0) {
    const policy = manual === 'keep' ? 'kept' : 'taken out';
    findings.push(
      about('member-added-by-hand', `Put into the team by hand, and ${policy}: ${addresses(added)}.`),
    );
  }
  return findings;
}
