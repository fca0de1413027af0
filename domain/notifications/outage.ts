/** A time in which a tenant's cycles were not carried through, and what of it people are told: once, and not at each turn. */
import type { CycleError, Health } from '../contract/report.ts';

export interface Outage {
  /** Counted for each tenant. */
  number: number;
  /** When its first failed cycle ended. */
  beganAt: Date;
  /** When the first good cycle after it ended; null while it lasts. */
  endedAt: Date | null;
  /** What the last failed cycle met. */
  cycleError: CycleError;
  /** Every health it has had. */
  seen: Health[];
  /** Those of the outages that it follows closely: a tenant that goes back and forth is not told each time. */
  recent: Health[];
}

/** One ended cycle; `trouble` is null when it was carried through. */
export interface EndedCycle {
  at: Date;
  cycleError: CycleError | null;
}

/** What people are to be told now. `key` names the matter within the tenant, so that it is told once. */
export type OutageNotification =
  | { kind: 'trouble'; key: string; silent: boolean }
  /** For whom the trouble was told to alone. */
  | { kind: 'well'; key: string };

/** Without a good cycle for so many intervals, a tenant is told about whatever its trouble is. */
const intervalsOfSilence = 3;
const relapseMaxMs = 3_600_000;

/** These do not pass by themselves. */
const needsSomebody: readonly Health[] = ['needs-consent', 'needs-connect', 'misconfigured', 'quarantined'];

/** An outage that begins so soon after the last one ended counts as a relapse. */
const relapseMs = (everyMs: number) => Math.min(everyMs * intervalsOfSilence, relapseMaxMs);

/** The tenant's last outage after one more cycle; null while there never was one. The same cycle again changes nothing. */
export function afterCycle(
  last: Outage | null,
  { at, cycleError }: EndedCycle,
  everyMs: number,
): Outage | null {
  if (cycleError === null) return last && last.endedAt === null ? { ...last, endedAt: at } : last;
  if (last && last.endedAt === null) {
    return { ...last, cycleError, seen: [...new Set([...last.seen, cycleError.health])] };
  }
  const relapses = last?.endedAt && at.getTime() - last.endedAt.getTime() < relapseMs(everyMs);
  return {
    number: (last?.number ?? 0) + 1,
    beganAt: at,
    endedAt: null,
    cycleError,
    seen: [cycleError.health],
    recent: last && relapses ? [...new Set([...last.recent, ...last.seen])] : [],
  };
}

/**
 * What is to be told of the last outage. Trouble that needs somebody at once; any other, and what has just been told of, when
 * it has lasted; the end when it has come.
 */
export function dueOutageNotification(outage: Outage, now: Date, everyMs: number): OutageNotification | null {
  const { number, cycleError, recent } = outage;
  if (outage.endedAt !== null) return { kind: 'well', key: `well/${number}` };
  const lastedMs = now.getTime() - outage.beganAt.getTime();
  if (!needsSomebody.includes(cycleError.health)) {
    const silent = lastedMs >= everyMs * intervalsOfSilence;
    return silent ? { kind: 'trouble', key: `${failureKeyPrefix(number)}silence`, silent: true } : null;
  }
  if (recent.includes(cycleError.health) && lastedMs < relapseMs(everyMs)) return null;
  return { kind: 'trouble', key: `${failureKeyPrefix(number)}${cycleError.health}`, silent: false };
}

/** How the keys of all troubles of an outage begin. */
export const failureKeyPrefix = (number: number) => `trouble/${number}/`;
