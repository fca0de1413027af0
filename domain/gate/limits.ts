/** Limits of a plan: too many removals, invitations or role changes hold all of their kind; the first cycle and a preview hold more. */
import type { ChangeKind, PlannedChange } from '../plan/change.ts';
import { takesSeat } from '../plan/seats.ts';
import type { SafetyRules } from '../rules.ts';
import { formatCount } from '../text.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';
import { adoptionCheck, type CountDepartures } from './team-changes.ts';

/** Holds all removals when their number, with recent removals that had no approval, is above the limit. */
export function holdTooManyRemovals(input: GateInput, pending: readonly PlannedChange[]): HoldCheck {
  const { rules, recentRemovals: recent } = input;
  const people = linkedPeople(input) + recent;
  const words = 'All removals of the plan wait.';
  return holdAboveWindow({ kind: 'remove', limits: rules.safety.removals, people, recent, words }, pending);
}

/** Holds all role changes, up and down, when their number with recent ones that had no approval is above the limit. */
export function holdTooManyRoleChanges(input: GateInput, pending: readonly PlannedChange[]): HoldCheck {
  const { rules, plan, recentRoleChanges: recent = 0 } = input;
  // In a first cycle no person is linked yet, so people whom the same plan links count too.
  const people = linkedPeople(input) + plan.changes.filter(({ kind }) => kind === 'link').length;
  const words = 'All role changes of the plan wait.';
  const { roleChanges: limits } = rules.safety;
  return holdAboveWindow({ kind: 'changeRole', limits, people, recent, words }, pending);
}

const linkedPeople = ({ personLinks, plan }: GateInput) =>
  personLinks.filter(({ state }) => state === 'present').length + plan.unplannedPresentLinks;

interface WindowLimit {
  kind: ChangeKind;
  limits: SafetyRules['removals'];
  /** How many people the percentage is of. */
  people: number;
  /** Changes of the kind that were done within the window without an approval. */
  recent: number;
  /** What waits, in a sentence. */
  words: string;
}

function holdAboveWindow(
  { kind, limits: { max, percent, windowDays }, people, recent, words }: WindowLimit,
  pending: readonly PlannedChange[],
): HoldCheck {
  // A small tenant may still change one person, unless the percentage is 0.
  const share = percent === 0 ? 0 : Math.max(1, Math.floor((people * percent) / 100));
  const limit = Math.min(max, share);
  const planned = pending.filter((change) => change.kind === kind).length;
  const sum = planned + recent;
  const detail = `${planned} planned and ${recent} done within ${formatCount(windowDays, 'day', 'days')} make ${sum}; the limit is ${limit} (the lower of ${max} and ${percent} % of ${formatCount(people, 'person', 'people')}). ${words}`;
  return (change) => (change.kind === kind && sum > limit ? detail : null);
}

/** Holds all invitations and reinstatements above the limit: each takes a seat and may send a mail. */
export function holdTooManyInvitations({ rules }: GateInput, pending: readonly PlannedChange[]): HoldCheck {
  const { max } = rules.safety.invitations;
  const planned = pending.filter(takesSeat).length;
  const detail = `${formatCount(planned, 'invitation or reinstatement is', 'invitations and reinstatements are')} planned; the limit is ${max}. All of them wait.`;
  return (change) => (planned > max && takesSeat(change) ? detail : null);
}

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

/** Holds what a preview did not show, in the cycle that goes by it: the first one after `resume`. */
export function holdUnseenChanges({ previewed }: GateInput): HoldCheck {
  if (!previewed) return () => null;
  return ({ fingerprint }) =>
    previewed.has(fingerprint)
      ? null
      : 'The preview before `resume` did not show this change, so the facts have changed since.';
}
