import { type AccountCalls, createAccountCalls } from './account.ts';
import { createSend, type TimelyClientSettings } from './requests.ts';
import { createTeamCalls, type TeamCalls } from './teams.ts';
import { createUserCalls, type UserCalls } from './users.ts';

export type { TimelyClientSettings as TimelySettings } from './requests.ts';

/** What the sync asks of one Timely account. Never sends a rate or a price: that can rewrite hours of the past. */
export interface TimelyApi extends AccountCalls, UserCalls, TeamCalls {}

/** The client for one account. It holds no state: tokens and the request budget are in the ports. */
export function createTimelyApi(settings: TimelyClientSettings): TimelyApi {
  const send = createSend(settings);
  const account = createAccountCalls(send, settings.accountId);
  return {
    ...account,
    ...createUserCalls(send, settings.accountId, account),
    ...createTeamCalls(send, settings.accountId),
  };
}
