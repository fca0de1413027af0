import type { TeamLink } from '../people/link.ts';
import type { PlannedTeamChange } from '../plan/change.ts';
import { formatCount } from '../text.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';
import type { CountDepartures } from './team-departures.ts';

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
      ? `${leaving} of ${members} people would leave the team "${subject.name}"; the limits are ${min} people and ${percent} %.`
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
