import type { PlannedChange } from '../plan/change.ts';
import type { GateInput } from './gate-input.ts';

/** Returns whether a change adopts a team: it sets the members of a team without a link. */
export function adoptionCheck({ teamLinks }: GateInput): (change: PlannedChange) => boolean {
  const linked = new Set(teamLinks.map(({ timelyId }) => timelyId));
  return ({ kind, subject, after }) =>
    kind === 'setTeamMembers' &&
    subject.timelyId !== null &&
    !linked.has(subject.timelyId) &&
    !(after !== null && 'restore' in after);
}
