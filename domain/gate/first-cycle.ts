import { formatCount } from '../text.ts';
import { adoptionCheck } from './adopts-team.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';
import type { CountDepartures } from './team-departures.ts';

/**
 * Holds removals in a tenant's first cycle, and changes that take people out of a team that was there before the sync: in
 * the tenant's first cycle, and whenever a team is adopted, which is the team's own first cycle.
 */
export function holdFirstCycleRemovals(input: GateInput, departures: CountDepartures): HoldCheck {
  const { rules, firstCycle: isFirst, teamLinks } = input;
  if (rules.safety.firstCycle.removals !== 'hold') return () => null;
  const isAdoption = adoptionCheck(input);
  const adopted = new Set(teamLinks.flatMap((link) => (link.origin === 'adopted' ? [link.timelyId] : [])));
  return (change) => {
    const { kind, subject, after } = change;
    if (kind === 'remove')
      return isFirst
        ? 'This is the first cycle of the tenant, and safety.firstCycle.removals is "hold".'
        : null;
    const isRestore = after !== null && 'restore' in after;
    if (subject.type !== 'team' || isRestore) return null;
    if (!isAdoption(change) && !(isFirst && adopted.has(subject.timelyId ?? -1))) return null;
    const { members, leaving } = departures(change);
    return leaving > 0
      ? `The team "${subject.name}" was in Timely before the sync, and ${leaving} of its ${formatCount(members, 'member', 'members')} would leave it in its first cycle. safety.firstCycle.removals is "hold".`
      : null;
  };
}
