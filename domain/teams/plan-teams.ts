/** Plans for teams: create, rename, set members, retire (docs/reference/rules.md section 4). */

import type { Finding, TeamSource, TeamState } from '../plan/change.ts';
import type { UnsignedTeamChange } from '../plan/fingerprint.ts';
import { compareText, formatCount } from '../text.ts';
import type { TimelyTeam } from '../timely.ts';
import type { BoundTeam, TeamPeople } from './bind-teams.ts';
import { bindTeams, isPlanned, type TeamFinding, type TeamsInput } from './bind-teams.ts';
import { groupSource } from './desired-teams.ts';
import { teamMemberFindings } from './team-drift.ts';
import { countLeadChanges, leadersAmong, withLeads } from './team-leads.ts';

export interface TeamPlan {
  findings: Finding[];
  /** Sources of the teams that `findings` are about. */
  sourcesWithFindings: ReadonlySet<TeamSource>;
  /** Members of managed teams that were added or removed by hand. */
  memberFindings(people: TeamPeople): TeamFinding[];
  /** The changes, without fingerprints and in no order. They depend on which people come and stay. */
  draft(people: TeamPeople): UnsignedTeamChange[];
}

/** Binds the teams that the rules ask for to Timely's, and plans their changes. */
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

function draftTeam(bound: BoundTeam, input: TeamsInput, people: TeamPeople): UnsignedTeamChange[] {
  const wanted = bound.desired.personIds.filter((personId) => people.isComing(personId));
  if (wanted.length === 0 && bound.link === null) return [];
  if (!bound.team)
    return input.timely.complete && wanted.length > 0 ? [createTeam(bound, wanted, input, people)] : [];
  const { before, after } = managedMembers(bound, bound.team, wanted, input, people);
  const renames = bound.name === bound.team.name ? [] : [renameTeam(bound, bound.team, before)];
  return [...renames, ...setTeamMembers(bound, bound.team, { before, after }, input, people)];
}

/**
 * Returns the members that the sync manages, before and after. With `manual: keep` these are the people it added, so that a
 * person added by hand stays when the rules no longer want them. With `manual: remove` these are all people the rules want.
 */
function managedMembers(
  { link }: BoundTeam,
  team: TimelyTeam,
  wanted: readonly string[],
  { rules, mayTakeOut }: TeamsInput,
  people: TeamPeople,
) {
  const current = new Set(team.members.map((member) => member.userId));
  const isMember = (personId: string) => {
    const timelyId = people.timelyIdOf(personId);
    return timelyId !== null && current.has(timelyId);
  };
  const added = new Set(link?.personIds ?? []);
  const addedUserIds = new Set([...added].map((personId) => people.timelyIdOf(personId)));
  const isManaged = (personId: string) =>
    rules.teamMembers.manual === 'remove' ||
    !isMember(personId) ||
    addedUserIds.has(people.timelyIdOf(personId));
  const before = [...added].filter(isMember).sort(compareText);
  const staying = before.filter((personId) => !mayTakeOut || people.isStaying(personId));
  const after = [...new Set([...wanted.filter(isManaged), ...staying])].sort(compareText);
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
    reason: `renamed: the team of the ${desired.label} gets the name "${name}"`,
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
  const leavingByHand = unmanagedLeaving(team, [...before, ...after], input, people);
  // An incomplete read cannot prove that a member added by hand should go, so the team waits.
  if (leavingByHand.length > 0 && !input.mayTakeOut) return [];
  const isAdopted = link === null;
  const [were, will] = [new Set(before), new Set(after)];
  const added = after.filter((personId) => !were.has(personId)).length;
  const takenOut = before.filter((personId) => !will.has(personId)).length + leavingByHand.length;
  const states = withLeads(
    { before: { name, personIds: before }, after: { name, personIds: after } },
    input.rules.teamMembers,
    team,
    people,
  );
  const leading = countLeadChanges(states.before, states.after);
  if (!isAdopted && added + takenOut + leading === 0) return [];
  const what = isAdopted ? 'adopt: adopts the existing team for' : 'members: follows';
  const byHand = leavingByHand.length === 0 ? '' : `; takes out, added by hand: ${leavingByHand.join(', ')}`;
  const leadsText =
    leading === 0 ? '' : `, changes who leads for ${formatCount(leading, 'person', 'people')}`;
  return [
    {
      kind: 'setTeamMembers',
      subject: { type: 'team', source: desired.source, timelyId: team.id, name: team.name },
      reason: `${what} the ${desired.label}: adds ${formatCount(added, 'person', 'people')}, takes out ${formatCount(takenOut, 'person', 'people')}${leadsText}${byHand}`,
      ...states,
    },
  ];
}

/** Addresses of members added by hand who must leave under `manual: remove`. */
function unmanagedLeaving(
  team: TimelyTeam,
  personIds: readonly string[],
  { rules }: TeamsInput,
  people: TeamPeople,
): string[] {
  if (rules.teamMembers.manual === 'keep') return [];
  const managed = new Set(personIds.map((personId) => people.timelyIdOf(personId)));
  const unmanaged = team.members.filter(({ userId }) => !managed.has(userId));
  return unmanaged.map(({ userId }) => people.addressOf(userId)).sort(compareText);
}

/**
 * Retires teams whose source the rules no longer have. A rule whose group cannot be found may mean any bound group, so
 * teams of groups that still exist are then kept.
 */
function retirements(input: TeamsInput, people: TeamPeople): UnsignedTeamChange[] {
  const { desired, groups, mayTakeOut, timely, teamLinks } = input;
  if (!mayTakeOut) return [];
  const teams = new Map(timely.teams.map((team) => [team.id, team]));
  const sources = new Set(desired.teams.map(({ source }) => source));
  const hasUnresolved = desired.groups.some(({ resolution }) => resolution.kind !== 'found');
  const uncertain = new Set(hasUnresolved ? groups.map(({ id }) => groupSource(id)) : []);
  return teamLinks.flatMap(({ source, timelyId, personIds }): UnsignedTeamChange[] => {
    const team = teams.get(timelyId);
    if (!team || !isPlanned(source, input) || sources.has(source) || uncertain.has(source)) return [];
    const current = new Set(team.members.map((member) => member.userId));
    const before: TeamState = {
      name: team.name,
      personIds: personIds.filter((id) => current.has(people.timelyIdOf(id) ?? -1)).sort(compareText),
    };
    const subject = { type: 'team' as const, source, timelyId, name: team.name };
    const reason = `source-gone: the directory or the tenant file no longer has ${source}`;
    return [{ kind: 'retireTeam', subject, reason, before, after: null }];
  });
}
