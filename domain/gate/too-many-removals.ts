import type { PlannedChange } from '../plan/change.ts';
import type { SafetyRules } from '../rules.ts';
import { formatCount } from '../text.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';

/** Holds all removals when their number, with recent removals that had no approval, is above the limit. */
export function holdTooManyRemovals(
  { rules, plan, personLinks, recentRemovals }: GateInput,
  pending: readonly PlannedChange[],
): HoldCheck {
  const { removals } = rules.safety;
  const present = personLinks.filter(({ state }) => state === 'present').length + plan.unplannedPresentLinks;
  const people = present + recentRemovals;
  const limit = lowerLimit(removals, people);
  const planned = pending.filter(({ kind }) => kind === 'remove').length;
  const sum = planned + recentRemovals;
  const detail = `${planned} planned and ${recentRemovals} done within ${removals.windowDays} days make ${sum}; the limit is ${limit} (the lower of ${removals.max} and ${removals.percent} % of ${formatCount(people, 'person', 'people')}). All removals of the plan wait.`;
  return ({ kind }) => (kind === 'remove' && sum > limit ? detail : null);
}

/** Returns the lower of the two limits. A small tenant may still change one person, unless the percentage is 0. */
export function lowerLimit(
  { max, percent }: Pick<SafetyRules['removals'], 'max' | 'percent'>,
  people: number,
): number {
  const share = percent === 0 ? 0 : Math.max(1, Math.floor((people * percent) / 100));
  return Math.min(max, share);
}
