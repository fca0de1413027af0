/** Which Timely team belongs to which team that the rules ask for (docs/reference/rules.md section 4). */

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

/** What teams need to know about people, given the people whose changes wait. */
export interface TeamPeople {
  /** Whether the person is in Timely and stays. */
  isPresent(personId: string): boolean;
  /** Whether the person is in Timely, or will be once the plan's changes of people are applied. */
  isComing(personId: string): boolean;
  /** Whether the person left but stays in Timely for now, and therefore in their teams. */
  isStaying(personId: string): boolean;
  /** Null while the person is not in Timely. */
  timelyIdOf(personId: string): number | null;
  /** Object id of the person's manager in the directory. */
  managerOf(personId: string): string | null;
  /** Address of a Timely user, for reasons. */
  addressOf(timelyId: number): string;
}

/** A desired team with its Timely team. */
export interface BoundTeam {
  desired: DesiredTeam;
  link: TeamLink | null;
  team: TimelyTeam | null;
  /** The name after the plan: the desired one, unless another team has it. */
  name: string;
}

/** The input of the plan for teams. */
export interface TeamsInput {
  rules: Pick<SyncRules, 'teams' | 'teamMembers'>;
  desired: DesiredTeams;
  /** All groups of the directory. */
  groups: readonly Group[];
  /** When false, members may be added, but no member leaves a team and no team is retired. */
  mayTakeOut: boolean;
  timely: TimelySnapshot;
  teamLinks: readonly TeamLink[];
  /** Set for a partial plan: the teams that it covers. */
  unplanned?: Pick<UnplannedContext, 'sources'> | undefined;
}

/** A finding about the team of a source. */
export interface TeamFinding {
  source: TeamSource;
  finding: Finding;
}

/** Whether this plan covers the team of a source. */
export const isPlanned = (source: TeamSource, { unplanned }: TeamsInput) =>
  !unplanned || unplanned.sources.has(source);

/** Binds teams by link, else by name. Linked teams choose their names first, so that a new team cannot take one. */
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
    // A linked team missing from an incomplete read still exists.
    if (link && !linked && !timely.complete) continue;
    if (link && isPlanned(source, input)) {
      for (const finding of teamNameFindings(wanted, link, linked)) findings.push({ source, finding });
    }
    const name = foldText(wanted.name);
    const others = (byName.get(name) ?? []).filter((team) => team.id !== linked?.id);
    const isTaken = claimed.has(name) || others.length > 1 || others.some((team) => linkedTeams.has(team.id));
    const keepsName = linked !== null && sameText(linked.name, wanted.name);
    const isRefused = keepsName ? claimed.has(name) : isTaken || (linked !== null && others.length > 0);
    if (isRefused) findings.push({ source, finding: nameTakenFinding(wanted, others.length) });
    if (linked) {
      const finalName = keepsName || isRefused ? linked.name : wanted.name;
      bound.push({ desired: wanted, link, team: linked, name: finalName });
    } else if (!isRefused) {
      const [team = null] = others;
      bound.push({ desired: wanted, link: null, team, name: team?.name ?? wanted.name });
    }
    claimed.add(name);
  }
  return { bound, findings };
}

function nameTakenFinding({ name, label }: DesiredTeam, otherTeams: number): Finding {
  const by =
    otherTeams > 1
      ? `${otherTeams} teams in Timely have that name`
      : otherTeams === 1
        ? 'another team in Timely has that name'
        : 'another line of the tenant file makes a team with that name';
  return {
    kind: 'team-name-taken',
    subject: name,
    message: `The ${label} cannot have the team "${name}": ${by}. Give one of them another name.`,
  };
}
