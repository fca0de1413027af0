/** Which Timely team belongs to which team that the rules ask for (docs/reference/rules.md section 4). */

import type { Group } from '../people/directory.ts';
import type { TeamLink } from '../people/link.ts';
import type { Finding, TeamSource } from '../plan/change.ts';
import type { UnplannedContext } from '../plan/unplanned-context.ts';
import type { SyncRules } from '../rules.ts';
import { sameText } from '../text.ts';
import type { TimelySnapshot, TimelyTeam } from '../timely.ts';
import type { DesiredTeam, DesiredTeams } from './desired-teams.ts';
import { teamsPassedOn } from './pass-on.ts';
import { teamNameFindings } from './team-drift.ts';
import { decideNames, keepsCase, type NameClaim } from './team-names.ts';

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

/**
 * Binds teams by link, else by the link of a team that passes on, else by name. Linked teams choose their names first, so
 * that a new team cannot take one.
 */
export function bindTeams(input: TeamsInput) {
  const { desired, timely, teamLinks } = input;
  const teams = new Map(timely.teams.map((team) => [team.id, team]));
  const links = new Map(teamLinks.map((link) => [link.source, link]));
  const passedOn = teamsPassedOn(input);
  const linkOf = (source: TeamSource) => {
    const passed = passedOn.get(source);
    return links.get(source) ?? (passed ? { ...passed, source } : null);
  };
  const claims = desired.teams.flatMap((wanted): NameClaim[] => {
    const link = linkOf(wanted.source);
    const team = (link && teams.get(link.timelyId)) ?? null;
    // A linked team missing from an incomplete read still exists.
    return link && !team && !timely.complete ? [] : [{ desired: wanted, link, team }];
  });
  const linkedFirst = claims.toSorted((a, b) => Number(b.link !== null) - Number(a.link !== null));
  const linkedTeams = new Set(teamLinks.map((link) => link.timelyId));
  const decisions = decideNames(linkedFirst, timely.teams, linkedTeams);

  const findings: TeamFinding[] = [];
  const bound: BoundTeam[] = [];
  for (const claim of linkedFirst) {
    const { desired: wanted, link, team } = claim;
    const { source } = wanted;
    const passed = passedOn.get(source);
    if (passed && team) findings.push({ source, finding: passedOnFinding(wanted, passed, team) });
    if (link && isPlanned(source, input)) {
      for (const finding of teamNameFindings(wanted, link, team)) findings.push({ source, finding });
    }
    const { adopted = null, taken = null } = decisions.get(claim) ?? {};
    if (taken) findings.push({ source, finding: taken });
    if (team) bound.push({ ...claim, name: taken ? team.name : nameAfter(claim, team) });
    else if (!taken) bound.push({ ...claim, link: null, team: adopted, name: adopted?.name ?? wanted.name });
  }
  return { bound, findings, passedOn };
}

/** The team's own name, unless the source has another one, or one in another case since. */
function nameAfter(claim: NameClaim, team: TimelyTeam): string {
  const { name } = claim.desired;
  return sameText(team.name, name) && keepsCase(claim) ? team.name : name;
}

function passedOnFinding({ label }: DesiredTeam, { source }: TeamLink, { name }: TimelyTeam): Finding {
  const message = `The source of the team "${name}" is gone (${source}). The ${label} takes the team over, with its members and projects.`;
  return { kind: 'team-passed-on', subject: name, message };
}
