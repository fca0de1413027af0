/** Arithmetic of the seats that the Timely account has paid for. */

import { formatCount } from '../text.ts';
import type { TimelyAccount, TimelySnapshot } from '../timely.ts';
import type { Change, Finding } from './change.ts';

type SeatFacts = Pick<TimelySnapshot, 'account' | 'users' | 'others'>;

export interface Seats {
  /** Seats paid for, or users that the plan allows at most, whichever is less. */
  paid: number;
  /** Users who are there or invited. */
  used: number;
  free: number;
}

/**
 * The account's seats; null when it names no limit: `seats` is not there, or 0 as `max_users` is where there is no cap
 * (docs/reference/timely-api.md section 5). Whether the account's own count has pending invitations in it is unknown,
 * so the larger of it and of the users we know of counts: rather somebody waits than that a seat is bought unasked
 * (docs/reference/timely-api.md section 2.4).
 */
export function seatsOf({ account, users, others }: SeatFacts): Seats | null {
  const present = users.filter((user) => !user.removed).length + (others?.present ?? 0);
  return seatsFor(account, present);
}

/** The same, by how many users are present. */
export function seatsFor(account: TimelyAccount, present: number): Seats | null {
  const limits = [account.seats, account.usersMax].flatMap((limit) => (limit ? [limit] : []));
  if (limits.length === 0) return null;
  const paid = Math.min(...limits);
  const used = Math.max(account.userCount ?? 0, present);
  return { paid, used, free: Math.max(paid - used, 0) };
}

/** Seats once a plan is applied. */
export interface SeatsForecast extends Seats {
  /** Seats that will be used, when everything goes that neither waits nor is refused. */
  usedAfter: number;
  /** How many wait for a seat. */
  waiting: number;
}

/** What a plan does to the account's seats: how many of its changes take one, give one back, and wait for one. */
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

/** What a gated plan wants of the account's seats: a forecast as long as everybody finds one, and who waits otherwise. */
export function seatFindings(changes: readonly Change[], timely: SeatFacts): Finding[] {
  const wanting = changes.filter((change) => takesSeat(change) && !change.refusal);
  if (wanting.length === 0) return [];
  const queued = wanting.filter(({ hold }) => hold?.rule === 'no-seat').length;
  const going = wanting.filter(({ hold }) => !hold).length;
  const undecided = wanting.length - going - queued;
  const seats = seatsOf(timely);
  const figures = [
    seats ? `${seats.paid} are paid for, ${seats.used} used` : 'Timely does not say how many are paid for',
    `${going + queued} more wanted`,
    ...(undecided > 0 ? [`${undecided} more if what is held goes on`] : []),
    ...(seats && queued === 0 ? [`${Math.max(seats.free - going, 0)} left then`] : []),
  ].join(', ');
  const price = "what a seat costs is not in Timely's API";
  const about = { subject: timely.account.name };
  if (queued === 0) return [{ ...about, kind: 'seats', message: `Seats: ${figures}; ${price}.` }];
  const who = formatCount(queued, 'person waits', 'people wait');
  const message = `${who} for a seat: ${figures}. An admin adds seats in Timely under Settings > Subscription; ${price}.`;
  return [{ ...about, kind: 'no-seat', message }];
}
