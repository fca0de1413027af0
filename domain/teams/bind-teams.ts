/** What the planning of teams works with. */

import { groupBy } from '../group-by.ts';
import type { Group } from '../people/directory.ts';
import type { TeamLink } from '../people/link.ts';
import type { Finding, TeamSource } from '../plan/change.ts';
import type { UnplannedContext } from '../plan/unplanned-context.ts';
import type { SyncRules } from '../rules.ts';
import { foldText, sameText } from '../text.ts';
import type { TimelySnapshot, TimelyTeam } from '../timely.ts';
import type { DesiredTeam, DesiredTeams } from './desired-teams.ts';
import { teamNameFindings } from './team-drift.ts';

/** What teams need to know of people, for one way the plan may go. */
export interface TeamPeople {
  /** Whether they are in Timely already, and stay. */
  isPresent(personId: string): boolean;
  /** Whether they are in Timely, or will be when the plan's changes of people are applied. */
  isComing(personId: string): boolean;
  /** Whether they left and stay in Timely for the time being: then they stay in their teams. */
  isStaying(personId: string): boolean;
  /** Null while they are not in Timely. */
  timelyIdOf(personId: string): number | null;
  /** Object id of their manager in the directory. */
  managerOf(personId: string): string | null;
  /** Address of a Timely user, for reasons. */
  addressOf(timelyId: number): string;
}

/** A desired team with the Timely team that stands for it. */
export interface BoundTeam {
  desired: DesiredTeam;
  link: TeamLink | null;
  team: TimelyTeam | null;
  /** Name that it has after the plan: the wanted one, unless another team has that. */
  name: string;
}

export interface TeamsInput {
  rules: Pick<SyncRules, 'teams' | 'teamMembers'>;
  desired: DesiredTeams;
  /** Groups that the directory has. */
  groups: readonly Group[];
  /** False: members may be added, nobody leaves a team and no team ends. */
  mayTakeOut: boolean;
  timely: TimelySnapshot;
  teamLinks: readonly TeamLink[];
  /** In the plan of a part: the teams that are planned. */
  unplanned?: Pick<UnplannedContext, 'sources'> | undefined;
}

/** Something to tell about the team of a source. */
export interface TeamFinding {
  source: TeamSource;
  finding: Finding;
}

export const isPlanned = (source: TeamSource, { unplanned }: TeamsInput) =>
  !unplanned || unplanned.sources.has(source);

/** By link, else by name. Teams that are linked choose their names first, so that a newcomer cannot take one away. */
export function bindTeams(input: TeamsInput) {
  const { desired, timely, teamLinks } = input;
  const teams = new Map(timely.teams.map((team) => [team.id, team]));
  const byName = groupBy(timely.teams, (team) => foldText(team.name));
  const links = new Map(teamLinks.map((link) => [link.source, link]));
  const linkedTeams = new Set(teamLinks.map((link) => link.timelyId));
  const claimed = new Set<string>();
  const findings: TeamFinding[] = [];
  const bound: BoundTeam[] = [];

  const linkedFirst = desired.teams.toSorted(
    (a, b) => Number(links.has(b.source)) - Number(links.has(a.source)),
  );
  for (const wanted of linkedFirst) {
    const { source } = wanted;
    const link = links.get(source) ?? null;
    const linked = link && (teams.get(link.timelyId) ?? null);
    // A linked team that an incomplete read does not show is not taken for missing.
    if (link && !linked && !timely.complete) continue;
    if (link && isPlanned(source, input)) {
      for (const finding of teamNameFindings(wanted, link, linked)) findings.push({ source, finding });
    }
    const name = foldText(wanted.name);
    const others = (byName.get(name) ?? []).filter((team) => team.id !== linked?.id);
    const isTaken = claimed.has(name) || others.length > 1 || others.some((team) => linkedTeams.has(team.id));
    const keepsName = linked !== null && sameText(linked.name, wanted.name);
    const isRefused = keepsName ? claimed.has(name) : isTaken || (linked !== null && others.length > 0);
    if (isRefused) findings.push({ source, finding: nameTaken(wanted, others.length) });
    if (linked) {
      const ending = keepsName || isRefused ? linked.name : wanted.name;
      bound.push({ desired: wanted, link, team: linked, name: ending });
    } else if (!isRefused) {
      const [team = null] = others;
      bound.push({ desired: wanted, link: null, team, name: team?.name ?? wanted.name });
    }
    claimed.add(name);
  }
  return { bound, findings };
}

function nameTaken({ name, label }: DesiredTeam, otherTeams: number): Finding {
  const by =
    otherTeams > 1
      ? `${otherTeams} teams in Timely have that name`
      : otherTeams === 1
        ? 'another team in Timely has that name'
        : 'another line of the tenant file makes a team of that name';
  return {
    kind: 'team-name-taken',
    subject: name,
    message: `The ${label} cannot have the team "${name}": ${by}. Give one of them another name.`,
  };
}
