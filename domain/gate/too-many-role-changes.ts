import type { PlannedChange } from '../plan/change.ts';
import { formatCount } from '../text.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';
import { lowerLimit } from './too-many-removals.ts';

/** Holds all role changes, up and down, when their number with recent ones that had no approval is above the limit. */
export function holdTooManyRoleChanges(
  { rules, plan, personLinks, recentRoleChanges = 0 }: GateInput,
  pending: readonly PlannedChange[],
): HoldCheck {
  const { roleChanges } = rules.safety;
  const linked = personLinks.filter(({ state }) => state === 'present').length + plan.unplannedPresentLinks;
  // In a first cycle nobody is linked yet: those whom the same plan links are counted too.
  const people = linked + plan.changes.filter(({ kind }) => kind === 'link').length;
  const limit = lowerLimit(roleChanges, people);
  const planned = pending.filter(({ kind }) => kind === 'changeRole').length;
  const sum = planned + recentRoleChanges;
  const detail = `${planned} planned and ${recentRoleChanges} done within ${roleChanges.windowDays} days make ${sum}; the limit is ${limit} (the lower of ${roleChanges.max} and ${roleChanges.percent} % of ${formatCount(people, 'person', 'people')}). All role changes of the plan wait.`;
  return ({ kind }) => (kind === 'changeRole' && sum > limit ? detail : null);
}
