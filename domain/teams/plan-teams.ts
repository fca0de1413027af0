/** Plans for teams: create, rename, set members, retire (docs/reference/rules.md section 4). */

import { lazy } from '../lazy.ts';
import type { Finding, TeamSource } from '../plan/change.ts';
import type { UnsignedTeamChange } from '../plan/fingerprint.ts';
import { compareText, formatCount } from '../text.ts';
import type { TimelyTeam } from '../timely.ts';
import type { BoundTeam, TeamPeople } from './bind-teams.ts';
import { bindTeams, isPlanned, type TeamFinding, type TeamsInput } from './bind-teams.ts';
import { retireTeams } from './retire-teams.ts';
import { teamMemberFindings } from './team-drift.ts';
import { countLeadChanges, leadersAmong, withLeads } from './team-leads.ts';
import { memberCheck, type TeamLinkUpdate, teamLinkUpdates } from './team-link-updates.ts';

export interface TeamPlan {
  findings: Finding[];
  /** Sources of the teams that `findings` are about. */
  sourcesWithFindings: ReadonlySet<TeamSource>;
  /** Sources that a pattern of the tenant file asks for, with their words: `group "Timely - Design"`. */
  byPattern: ReadonlyMap<TeamSource, string>;
  /** Members of managed teams that were added or removed by hand. */
  memberFindings(people: TeamPeople): TeamFinding[];
  /** The changes, without fingerprints and in no order. They depend on which people come and stay. */
  draft(people: TeamPeople): UnsignedTeamChange[];
  /** What the links of teams are to say from now on, whether or not the plan has a change. */
  linkUpdates(people: TeamPeople): TeamLinkUpdate[];
}

/** Binds the teams that the rules ask for to Timely's, and plans their changes. */
export function planTeams(input: TeamsInput): TeamPlan {
  const { findings, passedOn, ...binding } = bindTeams(input);
  const bound = binding.bound.filter(({ desired }) => isPlanned(desired.source, input));
  return {
    findings: [...input.desired.findings, ...findings.map(({ finding }) => finding)],
    sourcesWithFindings: new Set(findings.map(({ source }) => source)),
    byPattern: new Map(
      input.desired.teams.flatMap(({ source, pattern, label }) =>
        pattern === null ? [] : [[source, label]],
      ),
    ),
    memberFindings: (people) =>
      bound.flatMap((team) => {
        const { source } = team.desired;
        const found = teamMemberFindings(team, input.rules.teamMembers, people);
        return found.map((finding) => ({ source, finding }));
      }),
    draft: (people) => [
      ...bound.flatMap((team) => draftTeam(team, input, people)),
      ...retireTeams(input, new Set(passedOn.values()), people),
    ],
    linkUpdates: (people) => (input.mayTakeOut ? teamLinkUpdates(bound, passedOn, people) : []),
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
 * Returns the members that the sync manages, before and after. With `manual: keep` these are the people it added and those
 * who are in the source as well as in the team: a person added by hand stays while the source does not have them. With
 * `manual: remove` these are all people the rules want. A read that may take no one out proves no membership either.
 */
function managedMembers(
  { link }: BoundTeam,
  team: TimelyTeam,
  wanted: readonly string[],
  { rules, mayTakeOut }: TeamsInput,
  people: TeamPeople,
) {
  const isMember = memberCheck(team, people);
  const added = new Set(link?.personIds ?? []);
  const addedUserIds = lazy(() => new Set([...added].map((personId) => people.timelyIdOf(personId))));
  const isManaged = (personId: string) =>
    mayTakeOut ||
    rules.teamMembers.manual === 'remove' ||
    !isMember(personId) ||
    addedUserIds().has(people.timelyIdOf(personId));
  const managed = wanted.filter(isManaged);
  const before = [...new Set([...added, ...managed])].filter(isMember).sort(compareText);
  const staying = before.filter((personId) => !mayTakeOut || people.isStaying(personId));
  const after = [...new Set([...managed, ...staying])].sort(compareText);
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
  return [
    {
      kind: 'setTeamMembers',
      subject: { type: 'team', source: desired.source, timelyId: team.id, name: team.name },
      reason: `${what} the ${desired.label}: ${movesText(added, takenOut, leading)}${byHand}`,
      ...states,
    },
  ];
}

/** What happens to the members, without what does not. */
function movesText(added: number, takenOut: number, leading: number): string {
  const people = (count: number) => formatCount(count, 'person', 'people');
  const parts = [
    ...(added > 0 ? [`adds ${people(added)}`] : []),
    ...(takenOut > 0 ? [`takes out ${people(takenOut)}`] : []),
    ...(leading > 0 ? [`changes who leads for ${people(leading)}`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'changes no member';
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
