import { teamLimits } from '../http/json-size.ts';
import { type AccountCalls, createAccountCalls } from './account.ts';
import { createSend, type TimelyClientSettings } from './requests.ts';
import { createTeamReads, type TeamReads } from './team-reads.ts';
import { createTeamWrites, type TeamWrites } from './team-writes.ts';
import { createUserReads, type UserReads } from './user-reads.ts';
import { createUserWrites, type UserWrites } from './user-writes.ts';

/** What the sync asks of one Timely account. It never sends a rate or a price: that can rewrite hours of the past. */
export interface TimelyApi extends AccountCalls, UserReads, UserWrites, TeamReads, TeamWrites {}

/** The client for one account. It holds no state: tokens and the rate limit are in the ports. */
export function createTimelyApi(settings: TimelyClientSettings): TimelyApi {
  const send = createSend(settings);
  const account = createAccountCalls(send, settings.accountId);
  const usersPath = `/${settings.accountId}/users`;
  const teamsPath = `/${settings.accountId}/teams`;
  const sendAboutTeams: typeof send = (call) => send({ ...call, bodyLimits: teamLimits });
  const teamReads = createTeamReads(sendAboutTeams, teamsPath);
  return {
    ...account,
    ...createUserReads(send, usersPath, account),
    ...createUserWrites(send, usersPath, account),
    ...teamReads,
    ...createTeamWrites(sendAboutTeams, teamsPath, teamReads),
  };
}
