/** How many seats the Timely account has, and how many a plan needs. */

import { formatCount } from '../text.ts';
import type { TimelyAccount, TimelySnapshot } from '../timely.ts';
import type { Change, Finding } from './change.ts';

type SeatFacts = Pick<TimelySnapshot, 'account' | 'users' | 'others'>;

export interface Seats {
  /** Seats paid for, or the user limit of Timely's plan, whichever is lower. */
  paid: number;
  /** Users who are present or invited. */
  used: number;
  free: number;
}

/**
 * Returns the seats of the account; null when it has no limit: `seats` is missing or 0, as `max_users` is without a cap
 * (docs/reference/timely-api.md section 5). The account's own count may leave out pending invitations, so the larger of
 * both counts is used: a person who waits is better than a seat bought by mistake (docs/reference/timely-api.md section 2.4).
 */
export function seatsOf({ account, users, others }: SeatFacts): Seats | null {
  const present = users.filter((user) => !user.removed).length + (others?.present ?? 0);
  return seatsFor(account, present);
}

/** Returns the same as `seatsOf`, from the number of present users. */
export function seatsFor(account: TimelyAccount, present: number): Seats | null {
  const limits = [account.seats, account.usersMax].flatMap((limit) => (limit ? [limit] : []));
  if (limits.length === 0) return null;
  const paid = Math.min(...limits);
  const used = Math.max(account.userCount ?? 0, present);
  return { paid, used, free: Math.max(paid - used, 0) };
}

/** How many seats are free once some people are removed. */
export const freeAfter = ({ paid, used }: Seats, removals: number): number =>
  Math.max(paid - used + removals, 0);

/** Seats after a plan is applied. */
export interface SeatsForecast extends Seats {
  /** Seats used once all changes that are neither held nor refused are applied. */
  usedAfter: number;
  /** How many people wait for a seat. */
  waiting: number;
}

/** Returns the seats after a plan, from how many of its changes take one, free one, and wait for one. */
export function seatsForecast(
  seats: Seats,
  { taken, freed, waiting }: { taken: number; freed: number; waiting: number },
): SeatsForecast {
  return { ...seats, usedAfter: seats.used + taken - freed, waiting };
}

/** Whether a change takes a seat of the account. */
export const takesSeat = ({ kind }: Pick<Change, 'kind'>): boolean =>
  kind === 'invite' || kind === 'reinstate';

export const seatFindingKinds: readonly string[] = ['seats', 'no-seat'];

/** Reports the seats that a gated plan needs: a forecast, or how many people wait when there are not enough. */
export function seatFindings(changes: readonly Change[], timely: SeatFacts): Finding[] {
  const needing = changes.filter((change) => takesSeat(change) && !change.refusal);
  if (needing.length === 0) return [];
  const queued = needing.filter(({ hold }) => hold?.rule === 'no-seat').length;
  const unheld = needing.filter(({ hold }) => !hold).length;
  const held = needing.length - unheld - queued;
  const freed = changes.filter(({ kind, hold, refusal }) => kind === 'remove' && !hold && !refusal).length;
  const seats = seatsOf(timely);
  const figures = [
    seats ? `${seats.paid} paid for, ${seats.used} used` : 'Timely does not say how many are paid for',
    ...(freed > 0 ? [`${freed} freed by removals`] : []),
    `${unheld + queued} more needed`,
    ...(held > 0 ? [`${held} more if held changes are approved`] : []),
    ...(seats && queued === 0 ? [`${Math.max(freeAfter(seats, freed) - unheld, 0)} free after that`] : []),
  ].join(', ');
  const price = "what a seat costs is not in Timely's API";
  const about = { subject: timely.account.name };
  if (queued === 0)
    return [{ ...about, kind: 'seats', message: `Seats before this plan: ${figures}; ${price}.` }];
  const who = formatCount(queued, 'person waits', 'people wait');
  const message = `${who} for a seat: ${figures}. An admin adds seats in Timely under Settings > Subscription; ${price}.`;
  return [{ ...about, kind: 'no-seat', message }];
}
