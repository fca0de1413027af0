/** Outages of a tenant, in which its cycles fail, and the notifications about them: one per outage, not one per cycle. */
import type { CycleError, Health } from '../contract/report.ts';

export interface Outage {
  /** The number of the outage within the tenant. */
  number: number;
  /** When the first failed cycle ended. */
  beganAt: Date;
  /** When the first successful cycle after it ended; null while the outage lasts. */
  endedAt: Date | null;
  /** The error of the last failed cycle. */
  cycleError: CycleError;
  /** Each health that the outage has had. */
  seen: Health[];
  /** Each health of the outages shortly before, so that a flapping tenant does not notify each time. */
  recent: Health[];
}

/** An ended cycle; `cycleError` is null when it succeeded. */
export interface EndedCycle {
  at: Date;
  cycleError: CycleError | null;
}

/** A notification that is due. `key` is unique within the tenant, so that each notification is sent once. */
export type OutageNotification =
  | { kind: 'failure'; key: string; silent: boolean }
  /** Only for channels that got the failure. */
  | { kind: 'recovery'; key: string };

/** After this many intervals without a successful cycle, any failure notifies. */
const intervalsOfSilence = 3;
const relapseMaxMs = 3_600_000;

/** These do not end by themselves. */
const needsPerson: readonly Health[] = ['needs-consent', 'needs-connect', 'misconfigured', 'quarantined'];

/** An outage that begins within this time after the last one is a relapse. */
const relapseMs = (everyMs: number) => Math.min(everyMs * intervalsOfSilence, relapseMaxMs);

/** Returns the last outage after one more cycle; null when there was none. Passing the same cycle twice changes nothing. */
export function afterCycle(
  last: Outage | null,
  { at, cycleError }: EndedCycle,
  everyMs: number,
): Outage | null {
  if (cycleError === null) return last && last.endedAt === null ? { ...last, endedAt: at } : last;
  if (last && last.endedAt === null) {
    return { ...last, cycleError, seen: [...new Set([...last.seen, cycleError.health])] };
  }
  const isRelapse = last?.endedAt && at.getTime() - last.endedAt.getTime() < relapseMs(everyMs);
  return {
    number: (last?.number ?? 0) + 1,
    beganAt: at,
    endedAt: null,
    cycleError,
    seen: [cycleError.health],
    recent: last && isRelapse ? [...new Set([...last.recent, ...last.seen])] : [],
  };
}

/**
 * Returns the notification that is due for an outage. A failure that needs a person is due at once. Any other failure, and a
 * relapse, is due when it has lasted. The recovery is due when the outage has ended.
 */
export function dueOutageNotification(outage: Outage, now: Date, everyMs: number): OutageNotification | null {
  const { number, cycleError, recent } = outage;
  if (outage.endedAt !== null) return { kind: 'recovery', key: `recovery/${number}` };
  const lastedMs = now.getTime() - outage.beganAt.getTime();
  if (!needsPerson.includes(cycleError.health)) {
    const isSilent = lastedMs >= everyMs * intervalsOfSilence;
    return isSilent ? { kind: 'failure', key: `${failureKeyPrefix(number)}silence`, silent: true } : null;
  }
  if (recent.includes(cycleError.health) && lastedMs < relapseMs(everyMs)) return null;
  return { kind: 'failure', key: `${failureKeyPrefix(number)}${cycleError.health}`, silent: false };
}

/** The common prefix of the keys of all failures of an outage. */
export const failureKeyPrefix = (number: number) => `failure/${number}/`;
