/**
 * Teams whose source is gone pass on to a new source: a group that was made anew, a department that was renamed
 * (docs/reference/rules.md section 4.4). Otherwise the old team would stay frozen beside a second one of the same people.
 */

import { groupBy } from '../group-by.ts';
import type { TeamLink } from '../people/link.ts';
import type { TeamSource } from '../plan/change.ts';
import { compareText, sameText } from '../text.ts';
import type { TimelyTeam } from '../timely.ts';
import type { TeamsInput } from './bind-teams.ts';
import { type DesiredTeam, groupSource } from './desired-teams.ts';

/** A team of Timely whose source the rules no longer have. */
interface SourcelessTeam {
  link: TeamLink;
  team: TimelyTeam;
}

type SourcesInput = Pick<TeamsInput, 'desired' | 'groups' | 'teamLinks'> & {
  timely: { teams: TimelyTeam[] };
};

/**
 * Returns the teams without a source. A rule whose group is unresolved may mean any bound group, so teams of groups that
 * still exist have their source then. So has a team whose group hides its members.
 */
export function sourcelessTeams({ desired, groups, timely, teamLinks }: SourcesInput): SourcelessTeam[] {
  const teams = new Map(timely.teams.map((team) => [team.id, team]));
  const sources = new Set(desired.teams.map(({ source }) => source));
  const hasUnresolved = desired.groups.some(({ resolution }) => resolution.kind !== 'found');
  const uncertainGroups = groups.filter(({ isHidden }) => hasUnresolved || isHidden);
  const uncertain = new Set(uncertainGroups.map(({ id }) => groupSource(id)));
  return teamLinks.flatMap((link) => {
    const team = teams.get(link.timelyId);
    return team && !sources.has(link.source) && !uncertain.has(link.source) ? [{ link, team }] : [];
  });
}

/** Returns the desired teams that may take a team over: those without a link. */
export function heirsAmong({ desired, teamLinks }: Pick<TeamsInput, 'desired' | 'teamLinks'>): DesiredTeam[] {
  const linked = new Set(teamLinks.map(({ source }) => source));
  return desired.teams.filter(({ source }) => !linked.has(source));
}

/**
 * Returns the links of teams that pass on, by their new source. Reads that prove no absence pass nothing on, and a source
 * without people takes no team, because it would empty it.
 */
export function teamsPassedOn(input: TeamsInput): Map<TeamSource, TeamLink> {
  if (!input.mayTakeOut) return new Map();
  const gone = sourcelessTeams(input);
  if (gone.length === 0) return new Map();
  const heirs = heirsAmong(input).filter(({ personIds }) => personIds.length > 0);
  const pairs = gone.flatMap(({ link, team }) => {
    const heir = heirOf({ link, team }, heirs);
    return heir ? [{ link, heir, shared: sharedPeople(link, heir) }] : [];
  });
  // When two departments become one, its team is that of the department with more of its people.
  const best = [...groupBy(pairs, ({ heir }) => heir.source).values()].flatMap((rivals) =>
    rivals.toSorted((a, b) => b.shared - a.shared || compareText(a.link.source, b.link.source)).slice(0, 1),
  );
  return new Map(best.map(({ link, heir }) => [heir.source, link]));
}

/** The one new source by the same rule that wants the team's name, else the department with most of its people. */
function heirOf({ link, team }: SourcelessTeam, heirs: readonly DesiredTeam[]): DesiredTeam | null {
  const related = heirs.filter((heir) => mayInherit(heir, link));
  const named = related.filter(
    ({ name }) => sameText(name, team.name) || (link.name !== null && sameText(name, link.name)),
  );
  if (named.length > 0) return named.length === 1 ? (named[0] ?? null) : null;
  if (kindOf(link.source) !== 'department') return null;
  return related.find((heir) => sharedPeople(link, heir) * 2 > link.personIds.length) ?? null;
}

/**
 * Whether a new source is of the kind of the former one. Any employee may make a group that fits a pattern, so such a group
 * takes no team over that a line gave to a group by its name. A line that names its group may take over any team of a group.
 */
function mayInherit({ source, pattern }: DesiredTeam, link: TeamLink): boolean {
  if (kindOf(source) !== kindOf(link.source)) return false;
  return kindOf(source) !== 'group' || pattern === null || pattern === link.pattern;
}

const kindOf = (source: TeamSource) => source.slice(0, source.indexOf(':'));

function sharedPeople({ personIds }: TeamLink, heir: DesiredTeam): number {
  const people = new Set(heir.personIds);
  return personIds.filter((personId) => people.has(personId)).length;
}
