import type { TeamSubject } from '../plan/change.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';

/** Holds a change that takes many people out of a team at once, and every retirement of a team. */
export function holdShrinkingTeams({ rules, timely, plan }: GateInput): HoldCheck {
  const { percent, min } = rules.safety.teamShrink;
  const teams = new Map(timely.teams.map((team) => [team.id, team]));
  const managesAll = rules.teamMembers.manual === 'remove';

  /** How many members the sync may take out, and how many of them leave. */
  function shrinkage({ timelyId }: TeamSubject, before: string[], after: string[]) {
    const staying = new Set(after);
    if (!managesAll)
      return { members: before.length, leaving: before.filter((id) => !staying.has(id)).length };
    const stayingIds = new Set(after.map((personId) => plan.index.linkedUserOf(personId)));
    const current = teams.get(timelyId ?? -1)?.members ?? [];
    return {
      members: current.length,
      leaving: current.filter(({ userId }) => !stayingIds.has(userId)).length,
    };
  }

  return ({ kind, subject, before, after }) => {
    if (kind === 'retireTeam')
      return `The source of the team "${subject.name}" is gone. Retiring a team always needs approval.`;
    if (kind !== 'setTeamMembers' || !before || !after) return null;
    const { members, leaving } = shrinkage(subject, before.personIds, after.personIds);
    const isTripped = leaving > 0 && leaving >= min && leaving * 100 >= members * percent;
    return isTripped
      ? `${leaving} of ${members} people would leave the team "${subject.name}"; the limits are ${min} people and ${percent} %.`
      : null;
  };
}
