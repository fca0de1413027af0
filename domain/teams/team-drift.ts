/** Findings about manual changes to managed teams in Timely. The changes of the plan revert them. */

import type { TeamLink } from '../people/link.ts';
import type { Finding } from '../plan/change.ts';
import type { FindingKind } from '../plan/finding-kinds.ts';
import type { SyncRules } from '../rules.ts';
import { compareText, sameText } from '../text.ts';
import type { TimelyTeam } from '../timely.ts';
import type { BoundTeam, TeamPeople } from './bind-teams.ts';
import type { DesiredTeam } from './desired-teams.ts';
import { memberCheck } from './team-link-updates.ts';

/** A linked team was deleted or renamed in Timely, although the rules still want its name. */
export function teamNameFindings(
  { name, personIds }: DesiredTeam,
  link: TeamLink,
  team: TimelyTeam | null,
): Finding[] {
  if (!team) {
    const message = `The team "${name}" was deleted in Timely by hand; the sync creates it again.`;
    return personIds.length === 0 ? [] : [{ kind: 'team-deleted-by-hand', subject: name, message }];
  }
  if (link.name === null || !sameText(link.name, name) || sameText(team.name, name)) return [];
  const message = `The team "${name}" was renamed "${team.name}" in Timely by hand; the sync restores the name.`;
  return [{ kind: 'team-renamed-by-hand', subject: name, message }];
}

/** Members that the sync added were taken out by hand, or other members were added by hand. */
export function teamMemberFindings(
  { desired, link, team }: BoundTeam,
  { manual }: Pick<SyncRules['teamMembers'], 'manual'>,
  people: TeamPeople,
): Finding[] {
  if (!link || !team) return [];
  const wanted = new Set(desired.personIds);
  const members = new Set(team.members.map(({ userId }) => userId));
  const isMember = memberCheck(team, people);
  const takenOut = link.personIds.filter((id) => wanted.has(id) && people.isPresent(id) && !isMember(id));
  const managedIds = new Set([...link.personIds, ...wanted]);
  const managed = new Set([...managedIds].map((id) => people.timelyIdOf(id)));
  const added = [...members].filter((userId) => !managed.has(userId));
  const addresses = (timelyIds: (number | null)[]) =>
    timelyIds
      .map((id) => people.addressOf(id ?? -1))
      .sort(compareText)
      .join(', ');
  const about = (kind: FindingKind, message: string): Finding => ({ kind, subject: team.name, message });
  const findings: Finding[] = [];
  if (takenOut.length > 0) {
    const who = addresses(takenOut.map((id) => people.timelyIdOf(id)));
    findings.push(
      about('member-removed-by-hand', `Taken out of the team by hand; the sync adds them again: ${who}.`),
    );
  }
  if (added.length > 0) {
    const policy = manual === 'keep' ? 'they stay' : 'the sync takes them out';
    findings.push(
      about('member-added-by-hand', `Added to the team by hand; ${policy}: ${addresses(added)}.`),
    );
  }
  return findings;
}
