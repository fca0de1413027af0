/**
 * The gate decides which changes are applied, which wait, and which are refused (docs/reference/rules.md section 5).
 */
import {
  type Change,
  type Hold,
  type HoldRule,
  limitHolds,
  type PlannedChange,
  personalHolds,
  selfEndingHolds,
} from '../plan/change.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';
import { holdUnprovenChanges } from './incomplete-read.ts';
import {
  holdFirstCycleRemovals,
  holdTooManyInvitations,
  holdTooManyRemovals,
  holdTooManyRoleChanges,
  holdUnseenChanges,
} from './limits.ts';
import { holdWithoutSeat } from './no-seat.ts';
import { findRefusals } from './refusals.ts';
import { holdAdminGrants, holdLoweredRoles } from './role-changes.ts';
import { holdSensitivePeople } from './sensitive.ts';
import { holdAdoptionsByPattern, holdShrinkingTeams, prepareDepartures } from './team-changes.ts';
import { holdForUnresolvedGroups } from './unresolved-group.ts';

type Judge = (change: PlannedChange) => Change;

/**
 * The order in which rules hold a change; the first one is reported. Holds that no approval can lift come first. Rules about
 * the person come before limits, so that a future admin does not hide among the changes of a tripped limit.
 */
const precedence: readonly HoldRule[] = [...selfEndingHolds, ...personalHolds, ...limitHolds];

/**
 * Returns every change of the plan with its hold or refusal, in the order of the plan. Changes of teams follow the holds:
 * a joiner who waits does not enter a team, and a leaver who waits does not leave one.
 */
export function gateChanges(input: GateInput): Change[] {
  const judge = judgeFor(input);
  const judged = withLinkHolds(
    input.plan.changes.filter(({ subject }) => subject.type === 'person').map(judge),
  );
  const people = holdWithoutSeat(judged, input);
  const waiting = new Set<string>();
  for (const { kind, subject, fingerprint, hold, refusal } of people) {
    const waits = hold !== null || refusal !== null || input.parked?.has(fingerprint);
    if (waits && kind !== 'changeRole' && subject.type === 'person') waiting.add(subject.personId);
  }
  return [...people, ...input.plan.teamChanges(waiting).map(judge)];
}

function judgeFor(input: GateInput): Judge {
  const refused = findRefusals(input);
  const countedChanges = input.plan.changes.filter(
    ({ fingerprint }) =>
      !refused.has(fingerprint) && !input.approved.has(fingerprint) && !input.rejected?.has(fingerprint),
  );
  const departures = prepareDepartures(input);
  const checks: Partial<Record<HoldRule, HoldCheck>> = {
    sensitive: holdSensitivePeople(input),
    'too-many-removals': holdTooManyRemovals(input, countedChanges),
    'too-many-invitations': holdTooManyInvitations(input, countedChanges),
    'too-many-role-changes': holdTooManyRoleChanges(input, countedChanges),
    'lowers-role': holdLoweredRoles(input),
    'team-shrinks': holdShrinkingTeams(input, departures),
    'adopts-team': holdAdoptionsByPattern(input, departures),
    'incomplete-read': holdUnprovenChanges(input),
    'unresolved-group': holdForUnresolvedGroups(input),
    'first-cycle': holdFirstCycleRemovals(input, departures),
    'grants-admin': holdAdminGrants,
    'not-previewed': holdUnseenChanges(input),
  };
  return (change) => {
    const refusal = refused.get(change.fingerprint) ?? null;
    const hold = refusal ? null : holdOf(change, checks, input);
    // Lists each field: V8 stores 100,000 objects built by spreading as hash tables of several times the size.
    const { kind, subject, reason, before, after, fingerprint } = change;
    return { kind, subject, reason, before, after, fingerprint, hold, refusal } as Change;
  };
}

/** Returns the first rule that holds the change. An approval lifts all rules but those that end by themselves. */
function holdOf(
  change: PlannedChange,
  checks: Partial<Record<HoldRule, HoldCheck>>,
  input: GateInput,
): Hold | null {
  const { fingerprint } = change;
  const preHolds = input.plan.preHolds.get(fingerprint) ?? [];
  const detailOf = (rule: HoldRule) =>
    preHolds.find((hold) => hold.rule === rule)?.detail ?? checks[rule]?.(change) ?? null;
  const isApproved = input.approved.has(fingerprint);
  const requestedRule = input.requestedRules.get(fingerprint);
  if (requestedRule && !isApproved) {
    const detail = detailOf(requestedRule);
    if (detail !== null) return { rule: requestedRule, detail };
    if (!isCauseGone(requestedRule, fingerprint, input)) return { rule: requestedRule, detail: notApproved };
  }
  for (const rule of isApproved ? selfEndingHolds : precedence) {
    const detail = detailOf(rule);
    if (detail !== null) return { rule, detail };
  }
  return null;
}

const notApproved = 'An approval for exactly this change is open, or was not granted.';

/**
 * Whether an approval may end because its rule no longer holds the change. Complete reads prove this for rules about a
 * person. A tripped limit stays tripped for its changes, and a rejection stays a rejection.
 */
function isCauseGone(
  rule: HoldRule,
  fingerprint: string,
  { directory, timely, rejected }: GateInput,
): boolean {
  if (!personalHolds.includes(rule) || rejected?.has(fingerprint)) return false;
  return directory.complete && timely.complete;
}

/** A change of role waits while the link of the same person waits. */
function withLinkHolds(changes: Change[]): Change[] {
  const linkHolds = new Map<string, Hold>();
  for (const { kind, subject, hold } of changes) {
    if (kind === 'link' && subject.type === 'person' && hold) linkHolds.set(subject.personId, hold);
  }
  return changes.map((change) => {
    if (change.kind !== 'changeRole' || change.refusal || change.hold) return change;
    return { ...change, hold: linkHolds.get(change.subject.personId) ?? null };
  });
}
