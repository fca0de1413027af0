/** Limits of a plan: too many removals, invitations or role changes hold all of their kind. */
import type { PlannedChange } from '../plan/change.ts';
import { takesSeat } from '../plan/seats.ts';
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
function lowerLimit(
  { max, percent }: Pick<SafetyRules['removals'], 'max' | 'percent'>,
  people: number,
): number {
  const share = percent === 0 ? 0 : Math.max(1, Math.floor((people * percent) / 100));
  return Math.min(max, share);
}

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

/** Holds all invitations and reinstatements above the limit: each takes a seat and may send a mail. */
export function holdTooManyInvitations({ rules }: GateInput, pending: readonly PlannedChange[]): HoldCheck {
  const { max } = rules.safety.invitations;
  const planned = pending.filter(takesSeat).length;
  const detail = `${planned} invitations and reinstatements are planned; the limit is ${max}. All of them wait.`;
  return (change) => (planned > max && takesSeat(change) ? detail : null);
}
