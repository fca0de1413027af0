/** When an open approval sends reminders, escalates and expires, by the times that it was opened with. */

export interface ApprovalTimes {
  openedAtMs: number;
  /** Time between reminders, which end with the escalation. */
  remindEveryMs: number;
  escalateAtMs: number;
  expiresAtMs: number;
}

export interface Deadline {
  kind: 'reminder' | 'escalation' | 'expiry';
  /** The number of the reminder, from 1; 1 for other kinds. */
  number: number;
  atMs: number;
}

/** Returns the last deadline that has passed at a moment; null before the first. Earlier deadlines no longer matter. */
export function lastDeadline(times: ApprovalTimes, nowMs: number): Deadline | null {
  if (nowMs >= times.expiresAtMs) return expiry(times);
  if (nowMs >= times.escalateAtMs) return escalation(times);
  const number = Math.floor((nowMs - times.openedAtMs) / times.remindEveryMs);
  return number < 1 ? null : reminder(times, number);
}

/** Returns the last reminder that was due at a moment, even after the escalation; null before the first. */
export function lastReminder(times: ApprovalTimes, nowMs: number): Deadline | null {
  const endMs = Math.min(times.escalateAtMs, times.expiresAtMs);
  const untilMs = Math.min(nowMs, endMs - 1);
  const number = Math.floor((untilMs - times.openedAtMs) / times.remindEveryMs);
  return number < 1 ? null : reminder(times, number);
}

/**
 * Returns the next deadline of an approval. `doneMs` is the moment of the last handled deadline. An overdue deadline is due
 * at once. Of several overdue ones only the last counts, so that an outage does not cause a burst of messages.
 */
export function nextDeadline(times: ApprovalTimes, doneMs: number, nowMs: number): Deadline {
  const last = lastDeadline(times, nowMs);
  return last && last.atMs > doneMs ? last : firstAfter(times, Math.max(doneMs, nowMs));
}

function firstAfter(times: ApprovalTimes, afterMs: number): Deadline {
  const passed = Math.floor((afterMs - times.openedAtMs) / times.remindEveryMs);
  const next = reminder(times, Math.max(passed, 0) + 1);
  if (next.atMs < Math.min(times.escalateAtMs, times.expiresAtMs)) return next;
  const willEscalate = afterMs < times.escalateAtMs && times.escalateAtMs < times.expiresAtMs;
  return willEscalate ? escalation(times) : expiry(times);
}

const reminder = ({ openedAtMs, remindEveryMs }: ApprovalTimes, number: number): Deadline => ({
  kind: 'reminder',
  number,
  atMs: openedAtMs + number * remindEveryMs,
});
const escalation = ({ escalateAtMs }: ApprovalTimes): Deadline => ({
  kind: 'escalation',
  number: 1,
  atMs: escalateAtMs,
});
const expiry = ({ expiresAtMs }: ApprovalTimes): Deadline => ({
  kind: 'expiry',
  number: 1,
  atMs: expiresAtMs,
});
