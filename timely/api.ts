import { teamLimits } from '../http/json-size.ts';
import { type AccountCalls, createAccountCalls } from './account.ts';
import { createSend, type Send, type TimelyClientSettings } from './requests.ts';
import { createTeamReads, type TeamReads } from './team-reads.ts';
import { createTeamWrites, type TeamWrites } from './team-writes.ts';
import { createUserReads, type UserReads } from './user-reads.ts';
import { createUserWrites, type UserWrites } from './user-writes.ts';

/** What the sync asks of one Timely account. It never sends a rate or a price: that can rewrite hours of the past. */
export interface TimelyApi extends AccountCalls, UserReads, UserWrites, TeamReads, TeamWrites {
  /**
   * The same, with `mayWrite` awaited right before each request that writes: what it throws keeps the request back. A
   * write with a `beforeSending` of its own awaits that in its place.
   */
  guardedBy(mayWrite: () => Promise<void>): TimelyApi;
}

/** The client for one account. It holds no state: tokens and the rate limit are in the ports. */
export function createTimelyApi(settings: TimelyClientSettings): TimelyApi {
  return apiOn(createSend(settings), settings.accountId);
}

function apiOn(send: Send, accountId: number): TimelyApi {
  const account = createAccountCalls(send, accountId);
  const usersPath = `/${accountId}/users`;
  const teamsPath = `/${accountId}/teams`;
  const aboutTeams =
    (inner: Send): Send =>
    (call) =>
      inner({ ...call, bodyLimits: teamLimits });
  const teamReads = createTeamReads(aboutTeams(send), teamsPath);
  const reads = { ...account, ...createUserReads(send, usersPath, account), ...teamReads };
  const writingBy = (write: Send): TimelyApi => ({
    ...reads,
    ...createUserWrites(write, usersPath, account),
    ...createTeamWrites(aboutTeams(write), teamsPath, teamReads),
    guardedBy: (mayWrite) => writingBy(guarded(send, mayWrite)),
  });
  return writingBy(send);
}

const guarded =
  (send: Send, mayWrite: () => Promise<void>): Send =>
  (call) =>
    send(call.method === 'GET' ? call : { beforeSending: mayWrite, ...call });
