/**
 * What a plan notes in the links of teams, even when nothing is to be written to Timely: who counts as put there by the
 * source, which team has passed on, the name of a team that was adopted, and the pattern that asks for the team
 * (docs/reference/rules.md section 4.4).
 */

import type { TeamLink } from '../people/link.ts';
import type { TeamSource } from '../plan/change.ts';
import { compareText, sameText } from '../text.ts';
import type { TimelyTeam } from '../timely.ts';
import type { BoundTeam, TeamPeople } from './bind-teams.ts';

export interface TeamLinkUpdate {
  /** The link from now on. */
  link: TeamLink;
  /** The source that the team had so far: another one when the team passes on. */
  replaces: TeamSource;
}

/** Returns whether a person is a member of the team. */
export function memberCheck(team: TimelyTeam, people: Pick<TeamPeople, 'timelyIdOf'>) {
  const current = new Set(team.members.map(({ userId }) => userId));
  return (personId: string): boolean => {
    const timelyId = people.timelyIdOf(personId);
    return timelyId !== null && current.has(timelyId);
  };
}

/**
 * Returns the links that change, sorted by source. People who are in the source and in the team leave it with the source,
 * however they came in; they count once they are in Timely and linked. Only complete reads prove that.
 */
export function teamLinkUpdates(
  bound: readonly BoundTeam[],
  passedOn: ReadonlyMap<TeamSource, TeamLink>,
  people: TeamPeople,
): TeamLinkUpdate[] {
  const updates = bound.flatMap(({ desired, link, team }): TeamLinkUpdate[] => {
    if (!link || !team) return [];
    const isMember = memberCheck(team, people);
    const known = new Set(link.personIds);
    const found = desired.personIds.filter((id) => !known.has(id) && people.isPresent(id) && isMember(id));
    const passed = passedOn.get(link.source);
    const isNameless = link.name === null && sameText(team.name, desired.name);
    const { pattern } = desired;
    const isByOtherLine = (link.pattern ?? null) !== pattern;
    if (found.length === 0 && !passed && !isNameless && !isByOtherLine) return [];
    const personIds = [...known, ...found].sort(compareText);
    const name = isNameless ? desired.name : link.name;
    return [{ link: { ...link, name, personIds, pattern }, replaces: passed?.source ?? link.source }];
  });
  return updates.sort((a, b) => compareText(a.link.source, b.link.source));
}
