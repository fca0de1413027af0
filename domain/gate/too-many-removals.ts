import type { PlannedChange } from '../plan/change.ts';
import type { SafetyRules } from '../rules.ts';
import { formatCount } from '../text.ts';
import type { HoldCheck } from './check.ts';
import type { GateInput } from './input.ts';

/** Holds all removals when they are too many, together with those done lately without anybody's approval. */
export function holdTooManyRemovals(
  { rules, plan, personLinks, recentRemovals }: GateInput,
  going: readonly PlannedChange[],
): HoldCheck {
  const { removals } = rules.safety;
  const present = personLinks.filter(({ state }) => state === 'present').length + plan.presentLinksLeftOut;
  const people = present + recentRemovals;
  const limit = removalLimit(removals, people);
  const planned = going.filter(({ kind }) => kind === 'remove').length;
  const sum = planned + recentRemovals;
  const detail = `${planned} planned and ${recentRemovals} done within ${removals.windowDays} days make ${sum}; the limit is ${limit} (the lower of ${removals.max} and ${removals.percent} % of ${formatCount(people, 'person', 'people')}). All removals of the plan wait.`;
  return ({ kind }) => (kind === 'remove' && sum > limit ? detail : null);
}

/** The lower of the two limits. A small tenant may still lose one person, unless the percentage is 0. */
function removalLimit({ max, percent }: SafetyRules['removals'], people: number): number {
  const share = percent === 0 ? 0 : Math.max(1, Math.floor((people * percent) / 100));
  return Math.min(max, share);
}
