/** When an open request reminds, escalates and expires: arithmetic on the terms that it was opened with. */

export interface ApprovalTimes {
  openedAtMs: number;
  /** Between reminders; there are some until the request escalates. */
  remindEveryMs: number;
  escalateAtMs: number;
  expiresAtMs: number;
}

export interface Deadline {
  kind: 'reminder' | 'escalation' | 'expiry';
  /** Which reminder, from 1; 1 for the others. */
  number: number;
  atMs: number;
}

/** The last deadline that has come at a moment; null before the first. What came before it is no longer of use to anybody. */
export function lastDeadline(times: ApprovalTimes, nowMs: number): Deadline | null {
  if (nowMs >= times.expiresAtMs) return expiry(times);
  if (nowMs >= times.escalateAtMs) return escalation(times);
  const number = Math.floor((nowMs - times.openedAtMs) / times.remindEveryMs);
  return number < 1 ? null : reminder(times, number);
}

/** The last reminder that has come at a moment, whatever came after it; null before the first. */
export function lastReminder(times: ApprovalTimes, nowMs: number): Deadline | null {
  const endMs = Math.min(times.escalateAtMs, times.expiresAtMs);
  const untilMs = Math.min(nowMs, endMs - 1);
  const number = Math.floor((untilMs - times.openedAtMs) / times.remindEveryMs);
  return number < 1 ? null : reminder(times, number);
}

/**
 * What a request waits for next, `doneMs` being the moment of the deadline that was seen to last. One that is overdue comes
 * at once; of several overdue ones only the last, so that nobody gets three messages after an outage.
 */
export function nextDeadline(times: ApprovalTimes, doneMs: number, nowMs: number): Deadline {
  const last = lastDeadline(times, nowMs);
  return last && last.atMs > doneMs ? last : firstAfter(times, Math.max(doneMs, nowMs));
}

function firstAfter(times: ApprovalTimes, afterMs: number): Deadline {
  const passed = Math.floor((afterMs - times.openedAtMs) / times.remindEveryMs);
  const next = reminder(times, Math.max(passed, 0) + 1);
  if (next.atMs < Math.min(times.escalateAtMs, times.expiresAtMs)) return next;
  const escalates = afterMs < times.escalateAtMs && times.escalateAtMs < times.expiresAtMs;
  return escalates ? escalation(times) : expiry(times);
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
