import type { PlannedChange, PlannedTeamChange } from '../plan/change.ts';
import { isMadeFor } from '../teams/team-marker.ts';
import { formatCount } from '../text.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';
import type { CountDepartures } from './team-departures.ts';

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
