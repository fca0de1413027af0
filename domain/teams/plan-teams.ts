/** What is to be done for teams (docs/reference/rules.md section 4). */

import { groupBy } from '../group-by.ts';
import type { Group } from '../people/directory.ts';
import type { TeamLink } from '../people/link.ts';
import type { Finding, TeamSource, TeamState } from '../plan/change.ts';
import type { UnplannedContext } from '../plan/unplanned-context.ts';
import type { UnsignedTeamChange } from '../plan/unsigned-change.ts';
import type { SyncRules } from '../rules.ts';
import { compareText, foldText, formatCount, sameText } from '../text.ts';
import type { TimelySnapshot, TimelyTeam } from '../timely.ts';
import type { BoundTeam, TeamPeople } from './bound-team.ts';
import { type DesiredTeam, type DesiredTeams, groupSource } from './desired-teams.ts';
import { teamMemberFindings, teamNameFindings } from './team-drift.ts';
import { countLeadChanges, leadersAmong, withLeads } from './team-leads.ts';

export { mergeMembers } from './team-members.ts';

interface TeamsInput {
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
interface TeamFinding {
  source: TeamSource;
  finding: Finding;
}

export interface TeamPlan {
  findings: Finding[];
  /** Sources of the teams that `findings` are about. */
  sourcesWithFindings: ReadonlySet<TeamSource>;
  /** What somebody did to the members of our teams by hand. */
  memberFindings(people: TeamPeople): TeamFinding[];
  /** Changes without fingerprints, in no order. Depends on which people come and stay. */
  draft(people: TeamPeople): UnsignedTeamChange[];
}

/** Binds the teams that the rules ask for to Timely's, and says what is to be done for them. */
export function planTeams(input: TeamsInput): TeamPlan {
  const { findings, ...binding } = bindTeams(input);
  const bound = binding.bound.filter(({ desired }) => isPlanned(desired.source, input));
  return {
    findings: [...input.desired.findings, ...findings.map(({ finding }) => finding)],
    sourcesWithFindings: new Set(findings.map(({ source }) => source)),
    memberFindings: (people) =>
      bound.flatMap((team) => {
        const { source } = team.desired;
        const found = teamMemberFindings(team, input.rules.teamMembers, people);
        return found.map((finding) => ({ source, finding }));
      }),
    draft: (people) => [
      ...bound.flatMap((team) => draftTeam(team, input, people)),
      ...retirements(input, people),
    ],
  };
}

const isPlanned = (source: TeamSource, { unplanned }: TeamsInput) =>
  !unplanned || unplanned.sources.has(source);

/** By link, else by name. Teams that are linked choose their names first, so that a newcomer cannot take one away. */
function bindTeams(input: TeamsInput) {
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

function draftTeam(bound: BoundTeam, input: TeamsInput, people: TeamPeople): UnsignedTeamChange[] {
  const wanted = bound.desired.personIds.filter((personId) => people.isComing(personId));
  if (wanted.length === 0 && bound.link === null) return [];
  if (!bound.team)
    return input.timely.complete && wanted.length > 0 ? [createTeam(bound, wanted, input, people)] : [];
  const { before, after } = answeredFor(bound, bound.team, wanted, input, people);
  const renames = bound.name === bound.team.name ? [] : [renameTeam(bound, bound.team, before)];
  return [...renames, ...setTeamMembers(bound, bound.team, { before, after }, input, people)];
}

/**
 * Whom the sync answers for, before and after: with `manual: keep` those whom it put into the team, so that somebody
 * who was added by hand stays when the rules no longer want them; with `manual: remove` everybody the rules want.
 */
function answeredFor(
  { link }: BoundTeam,
  team: TimelyTeam,
  wanted: readonly string[],
  { rules, mayTakeOut }: TeamsInput,
  people: TeamPeople,
) {
  const current = new Set(team.members.map((member) => member.userId));
  const isIn = (personId: string) => {
    const timelyId = people.timelyIdOf(personId);
    return timelyId !== null && current.has(timelyId);
  };
  const put = new Set(link?.personIds ?? []);
  const putIds = new Set([...put].map((personId) => people.timelyIdOf(personId)));
  const isOurs = (personId: string) =>
    rules.teamMembers.manual === 'remove' || !isIn(personId) || putIds.has(people.timelyIdOf(personId));
  const before = [...put].filter(isIn).sort(compareText);
  const staying = before.filter((personId) => !mayTakeOut || people.isStaying(personId));
  const after = [...new Set([...wanted.filter(isOurs), ...staying])].sort(compareText);
  return { before, after };
}

function createTeam(
  { desired, name }: BoundTeam,
  personIds: string[],
  { rules }: TeamsInput,
  people: TeamPeople,
): UnsignedTeamChange {
  const leads = rules.teamMembers.leads === 'managers' && { leads: leadersAmong(personIds, people) };
  return {
    kind: 'createTeam',
    subject: { type: 'team', source: desired.source, timelyId: null, name },
    reason: `new-team: the ${desired.label} has no team yet`,
    before: null,
    after: { name, personIds, ...leads },
  };
}

function renameTeam({ desired, name }: BoundTeam, team: TimelyTeam, personIds: string[]): UnsignedTeamChange {
  return {
    kind: 'renameTeam',
    subject: { type: 'team', source: desired.source, timelyId: team.id, name: team.name },
    reason: `renamed: the team of the ${desired.label} is to be named "${name}"`,
    before: { name: team.name, personIds },
    after: { name, personIds },
  };
}

function setTeamMembers(
  { desired, link, name }: BoundTeam,
  team: TimelyTeam,
  { before, after }: { before: string[]; after: string[] },
  input: TeamsInput,
  people: TeamPeople,
): UnsignedTeamChange[] {
  const strangers = strangersLeaving(team, [...before, ...after], input, people);
  // Strangers are nobody the directory could prove to be gone: while its read is incomplete, the team waits.
  if (strangers.length > 0 && !input.mayTakeOut) return [];
  const isAdopted = link === null;
  const [were, will] = [new Set(before), new Set(after)];
  const added = after.filter((personId) => !were.has(personId)).length;
  const takenOut = before.filter((personId) => !will.has(personId)).length + strangers.length;
  const states = withLeads(
    { before: { name, personIds: before }, after: { name, personIds: after } },
    input.rules.teamMembers,
    team,
    people,
  );
  const leading = countLeadChanges(states.before, states.after);
  if (!isAdopted && added + takenOut + leading === 0) return [];
  const what = isAdopted ? 'adopt: adopts the existing team for' : 'members: follows';
  const byHand = strangers.length === 0 ? '' : `; leaving, added by hand: ${strangers.join(', ')}`;
  const led = leading === 0 ? '' : `, changes who leads for ${formatCount(leading, 'person', 'people')}`;
  return [
    {
      kind: 'setTeamMembers',
      subject: { type: 'team', source: desired.source, timelyId: team.id, name: team.name },
      reason: `${what} the ${desired.label}: adds ${formatCount(added, 'person', 'people')}, takes out ${formatCount(takenOut, 'person', 'people')}${led}${byHand}`,
      ...states,
    },
  ];
}

/** Addresses of members whom the sync does not answer for and who have to go all the same: `manual: remove`. */
function strangersLeaving(
  team: TimelyTeam,
  personIds: readonly string[],
  { rules }: TeamsInput,
  people: TeamPeople,
): string[] {
  if (rules.teamMembers.manual === 'keep') return [];
  const ours = new Set(personIds.map((personId) => people.timelyIdOf(personId)));
  const strangers = team.members.filter(({ userId }) => !ours.has(userId));
  return strangers.map(({ userId }) => people.addressOf(userId)).sort(compareText);
}

/**
 * Teams whose source the rules no longer make. A rule that names a group which is not there may mean any bound group
 * that is: then nothing is retired that the directory still has.
 */
function retirements(input: TeamsInput, people: TeamPeople): UnsignedTeamChange[] {
  const { desired, groups, mayTakeOut, timely, teamLinks } = input;
  if (!mayTakeOut) return [];
  const teams = new Map(timely.teams.map((team) => [team.id, team]));
  const sources = new Set(desired.teams.map(({ source }) => source));
  const hasUnresolved = desired.groups.some(({ resolution }) => resolution.kind !== 'found');
  const doubtful = new Set(hasUnresolved ? groups.map(({ id }) => groupSource(id)) : []);
  return teamLinks.flatMap(({ source, timelyId, personIds }): UnsignedTeamChange[] => {
    const team = teams.get(timelyId);
    if (!team || !isPlanned(source, input) || sources.has(source) || doubtful.has(source)) return [];
    const current = new Set(team.members.map((member) => member.userId));
    const before: TeamState = {
      name: team.name,
      personIds: personIds.filter((id) => current.has(people.timelyIdOf(id) ?? -1)).sort(compareText),
    };
    const subject = { type: 'team' as const, source, timelyId, name: team.name };
    const reason = `source-gone: neither the directory nor the tenant file has ${source} any more`;
    return [{ kind: 'retireTeam', subject, reason, before, after: null }];
  });
}
