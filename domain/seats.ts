/** Arithmetic of the seats that the Timely account has paid for. */
import type { Change, Finding } from './change.ts';
import { counted } from './text.ts';
import type { TimelySnapshot } from './timely.ts';

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
 * (timely-api.md, section 5). Whether the account's own count has pending invitations in it is unknown, so the larger
 * of it and of the users we know of counts: rather somebody waits than that a seat is bought unasked (section 2.4).
 */
export function seatsOf({ account, users, others }: SeatFacts): Seats | null {
  const limits = [account.seats, account.usersMax].flatMap((limit) => (limit ? [limit] : []));
  if (limits.length === 0) return null;
  const paid = Math.min(...limits);
  const present = users.filter((user) => !user.removed).length + (others?.present ?? 0);
  const used = Math.max(account.userCount ?? 0, present);
  return { paid, used, free: Math.max(paid - used, 0) };
}

/** Whether a change takes a seat of the account. */
export const takesSeat = ({ kind }: Pick<Change, 'kind'>): boolean =>
  kind === 'invite' || kind === 'reinstate';

/** What a gated plan wants of the account's seats, while somebody waits for one. */
export function seatFindings(changes: readonly Change[], timely: SeatFacts): Finding[] {
  const waiting = changes.filter(({ hold }) => hold?.rule === 'no-seat').length;
  if (waiting === 0) return [];
  const going = changes.filter((change) => takesSeat(change) && !change.hold && !change.refusal).length;
  const seats = seatsOf(timely);
  const figures = seats
    ? `${seats.paid} are paid for, ${seats.used} used, ${going + waiting} more wanted`
    : 'Timely has none left';
  const message = `${counted(waiting, 'person waits', 'people wait')} for a seat: ${figures}. An admin adds seats in Timely under Settings > Subscription; what they cost is not in Timely's API.`;
  return [{ kind: 'no-seat', subject: timely.account.name, message }];
}
