import type { TeamSubject } from '../plan/change.ts';
import type { HoldCheck } from './check.ts';
import type { GateInput } from './input.ts';

/** Holds a change that takes many people out of a team at once, and the end of a team always. */
export function holdShrinkingTeams({ rules, timely, plan }: GateInput): HoldCheck {
  const { percent, min } = rules.safety.teamShrink;
  const teams = new Map(timely.teams.map((team) => [team.id, team]));
  const answersForAll = rules.teamMembers.manual === 'remove';

  /** How many people the team has whom the sync may take out, and how many of them go. */
  function shrinkage({ timelyId }: TeamSubject, before: string[], after: string[]) {
    const staying = new Set(after);
    if (!answersForAll) return { of: before.length, out: before.filter((id) => !staying.has(id)).length };
    const stayingIds = new Set(after.map((personId) => plan.index.linkedUserOf(personId)));
    const current = teams.get(timelyId ?? -1)?.members ?? [];
    return { of: current.length, out: current.filter(({ userId }) => !stayingIds.has(userId)).length };
  }

  return ({ kind, subject, before, after }) => {
    if (kind === 'retireTeam')
      return `The source of the team "${subject.name}" is gone; the end of a team always needs approval.`;
    if (kind !== 'setTeamMembers' || !before || !after) return null;
    const { of, out } = shrinkage(subject, before.personIds, after.personIds);
    const trips = out > 0 && out >= min && out * 100 >= of * percent;
    return trips
      ? `${out} of ${of} people would leave the team "${subject.name}"; the limits are ${min} people and ${percent} %.`
      : null;
  };
}
