/**
 * The gate: which changes may be applied, which wait for a person, which never happen
 * (docs/reference/rules.md section 5).
 */
import {
  type Change,
  type HoldRule,
  limitHolds,
  type PlannedChange,
  personalHolds,
  selfEndingHolds,
} from '../plan/change.ts';
import type { Hold } from '../plan/unsigned-change.ts';
import type { HoldCheck } from './check.ts';
import { holdFirstCycleRemovals } from './first-cycle.ts';
import { holdAdminGrants } from './grants-admin.ts';
import { holdUnprovenRemovals } from './incomplete-read.ts';
import type { GateInput } from './input.ts';
import { holdWithoutSeat } from './no-seat.ts';
import { findRefusals } from './refusals.ts';
import { holdSensitivePeople } from './sensitive.ts';
import { holdShrinkingTeams } from './team-shrinks.ts';
import { holdTooManyInvitations } from './too-many-invitations.ts';
import { holdTooManyRemovals } from './too-many-removals.ts';

type Judge = (change: PlannedChange) => Change;

/**
 * The rule that is named where several hold a change. Nobody is asked about what nobody can lift. What somebody is comes
 * before how many they are: an admin to be does not hide among the hundred of a tripped limit.
 */
const precedence: readonly HoldRule[] = [...selfEndingHolds, ...personalHolds, ...limitHolds];

/**
 * Every change of the plan with its hold or its refusal, in the plan's order. Changes of teams are those that fit what
 * is held: people who wait do not come into a team, and leavers who wait do not fall out of theirs.
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
  const checks: Partial<Record<HoldRule, HoldCheck>> = {
    sensitive: holdSensitivePeople(input),
    'too-many-removals': holdTooManyRemovals(input, countedChanges),
    'too-many-invitations': holdTooManyInvitations(input, countedChanges),
    'team-shrinks': holdShrinkingTeams(input),
    'incomplete-read': holdUnprovenRemovals(input),
    'first-cycle': holdFirstCycleRemovals(input),
    'grants-admin': holdAdminGrants,
  };
  return (change) => {
    const refusal = refused.get(change.fingerprint) ?? null;
    const hold = refusal ? null : holdOf(change, checks, input);
    // Written out: V8 keeps a hundred thousand objects that are spread and added to as tables of several times their size.
    const { kind, subject, reason, before, after, fingerprint } = change;
    return { kind, subject, reason, before, after, fingerprint, hold, refusal } as Change;
  };
}

/** The first rule that holds the change; an approval lifts all but those that end by themselves. */
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
  const askedRule = input.requestedRules.get(fingerprint);
  if (askedRule && !isApproved) {
    const detail = detailOf(askedRule);
    if (detail !== null) return { rule: askedRule, detail };
    if (!causeIsGone(askedRule, fingerprint, input)) return { rule: askedRule, detail: stillAsked };
  }
  for (const rule of isApproved ? selfEndingHolds : precedence) {
    const detail = detailOf(rule);
    if (detail !== null) return { rule, detail };
  }
  return null;
}

const stillAsked = 'A request about exactly this change is open, or was not answered with yes.';

/**
 * Whether a request may end because its rule no longer holds the change. What somebody was, whole reads tell; a limit
 * that was tripped stays so for its changes, whatever becomes of their number; and a no stays a no.
 */
function causeIsGone(
  rule: HoldRule,
  fingerprint: string,
  { directory, timely, rejected }: GateInput,
): boolean {
  if (!personalHolds.includes(rule) || rejected?.has(fingerprint)) return false;
  return directory.complete && timely.complete;
}

/** The role of somebody who is not linked yet is not changed before they are. */
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
