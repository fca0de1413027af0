import type { PlannedChange } from '../change.ts';
import type { SafetyRules } from '../rules.ts';
import type { HoldCheck } from './check.ts';
import type { GateInput } from './input.ts';

/** Holds all removals when they are too many, together with those done lately without anybody's approval. */
export function tooManyRemovals(
  { rules, plan, personLinks, recentRemovals }: GateInput,
  counted: readonly PlannedChange[],
): HoldCheck {
  const { removals } = rules.safety;
  const present = personLinks.filter(({ state }) => state === 'present').length + plan.presentLinksLeftOut;
  const limit = removalLimit(removals, present + recentRemovals);
  const planned = counted.filter(({ kind }) => kind === 'remove').length;
  const detail = `${planned} planned and ${recentRemovals} done within ${removals.windowDays} days make ${planned + recentRemovals}; the limit is ${limit} (the lower of ${removals.max} and ${removals.percent} % of the people).`;
  return ({ kind }) => (kind === 'remove' && planned + recentRemovals > limit ? detail : null);
}

/** The lower of the two limits. A small tenant may still lose one person, unless the percentage is 0. */
function removalLimit({ max, percent }: SafetyRules['removals'], people: number): number {
  const share = percent === 0 ? 0 : Math.max(1, Math.floor((people * percent) / 100));
  return Math.min(max, share);
}
