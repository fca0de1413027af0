/** Rules about teams: what takes people out of one, retires it, or adopts it by a pattern. */
import { groupBy } from '../group-by.ts';
import { lazy } from '../lazy.ts';
import type { TeamLink } from '../people/link.ts';
import type { PlannedChange, PlannedTeamChange, TeamChange } from '../plan/change.ts';
import { isMadeFor } from '../teams/team-marker.ts';
import { formatCount } from '../text.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';

/** How many members of a team the sync may take out, and how many of them a change takes out. */
interface Departures {
  members: number;
  leaving: number;
}

/** Returns whom a change of members takes out of its team; no member for any other change, and for an undo. */
export type CountDepartures = (change: PlannedChange) => Departures;

/** Prepares the count for a plan. Its tables are built with the first change that needs them. */
export function prepareDepartures({ rules, timely, plan }: GateInput): CountDepartures {
  const teams = lazy(() => new Map(timely.teams.map((team) => [team.id, team])));
  const managesAll = rules.teamMembers.manual === 'remove';
  // People whom the same plan links have no link yet.
  const linking = lazy(() =>
    groupBy(plan.changes, ({ kind, subject }) =>
      kind === 'link' && subject.type === 'person' ? subject.personId : null,
    ),
  );
  const userOf = (personId: string) =>
    plan.index.linkedUserOf(personId) ?? linking().get(personId)?.[0]?.subject.timelyId ?? null;
  return (change) => {
    const { kind, subject, before, after } = change as TeamChange;
    if (kind !== 'setTeamMembers' || !before || !after) return { members: 0, leaving: 0 };
    if (!managesAll) {
      const staying = new Set(after.personIds);
      const leaving = before.personIds.filter((id) => !staying.has(id)).length;
      return { members: before.personIds.length, leaving };
    }
    const stayingIds = new Set(after.personIds.map(userOf));
    const current = teams().get(subject.timelyId ?? -1)?.members ?? [];
    return {
      members: current.length,
      leaving: current.filter(({ userId }) => !stayingIds.has(userId)).length,
    };
  };
}

/** Holds a change that takes many people out of a team at once, and every retirement of a team. */
export function holdShrinkingTeams(input: GateInput, departures: CountDepartures): HoldCheck {
  const { percent, min } = input.rules.safety.teamShrink;
  const links = new Map(input.teamLinks.map((link) => [link.timelyId, link]));
  return (change) => {
    const { kind, subject } = change;
    if (subject.type !== 'team') return null;
    if (kind === 'retireTeam') {
      const link = links.get(subject.timelyId ?? -1);
      return retirementDetail(change as PlannedTeamChange, link, input);
    }
    const { members, leaving } = departures(change);
    const isTripped = leaving > 0 && leaving >= min && leaving * 100 >= members * percent;
    return isTripped
      ? `${leaving} of ${members} people would leave the team "${subject.name}"; the limits are ${formatCount(min, 'person', 'people')} and ${percent} %.`
      : null;
  };
}

/** Says what an approval does: the team, its members and its projects (activities/apply/apply-team.ts). */
function retirementDetail(
  { subject, reason, before }: PlannedTeamChange,
  link: TeamLink | undefined,
  { rules, timely }: GateInput,
): string {
  const isUndo = reason.startsWith('undo:');
  const why = isUndo
    ? `The undo ends the team "${subject.name}".`
    : `The source of the team "${subject.name}" is gone. Retiring a team always needs approval.`;
  const all = timely.teams.find(({ id }) => id === subject.timelyId)?.members.length ?? 0;
  const everyone = formatCount(all, 'member', 'members');
  if (link?.origin !== 'created')
    return `${why} Approving lets go of the team: it stays in Timely with its ${everyone} and its projects, and the sync no longer changes it.`;
  const ours = before?.personIds.length ?? 0;
  const byHand = rules.teamMembers.manual === 'keep' ? all - ours : 0;
  if (byHand <= 0)
    return `${why} Approving deletes the team in Timely with its ${everyone}; the members keep the projects that they have.`;
  const keep = rules.teamMembers.projects.revokeOnLeave ? 'lose' : 'keep';
  return `${why} Approving takes out ${formatCount(ours, 'member', 'members')} whom the sync put there; they ${keep} the projects of the team. The team stays in Timely for ${formatCount(byHand, 'other member', 'other members')}.`;
}

/**
 * Holds the adoption of a team by a pattern: a person who may create a group or type a department could otherwise enter any team.
 */
export function holdAdoptionsByPattern(input: GateInput, departures: CountDepartures): HoldCheck {
  const isAdoption = adoptionCheck(input);
  const teams = new Map(input.timely.teams.map((team) => [team.id, team]));
  return (change) => {
    const { subject, before, after } = change as PlannedTeamChange;
    const label = subject.type === 'team' ? input.plan.teamsByPattern.get(subject.source) : undefined;
    if (label === undefined || !isAdoption(change)) return null;
    // A new or restored store finds the teams that the sync made before.
    if (isMadeFor(teams.get(subject.timelyId ?? -1)?.externalId, subject.source)) return null;
    const there = new Set(before?.personIds);
    const joining = after?.personIds.filter((personId) => !there.has(personId)).length ?? 0;
    const { leaving } = departures(change);
    const people = `${formatCount(joining, 'person', 'people')} would join it and ${leaving} leave it`;
    return `The team "${subject.name}" is in Timely already, and a pattern of the tenant file gives it to the ${label}: ${people}. Approve if the ${label} is meant to decide who is in this team; otherwise rename one of the two.`;
  };
}

/** Returns whether a change adopts a team: it sets the members of a team without a link. */
export function adoptionCheck({ teamLinks }: GateInput): (change: PlannedChange) => boolean {
  const linked = new Set(teamLinks.map(({ timelyId }) => timelyId));
  return ({ kind, subject, after }) =>
    kind === 'setTeamMembers' &&
    subject.timelyId !== null &&
    !linked.has(subject.timelyId) &&
    !(after !== null && 'restore' in after);
}
