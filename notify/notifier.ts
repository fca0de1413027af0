/** Hands a message to a channel, whatever its kind. */
import type { ChannelAddress } from '../domain/notifications/notification.ts';
import { type MailServer, tellByEmail } from './email.ts';
import type { Message } from './message.ts';
import { tellSlack } from './slack.ts';
import { tellTeams } from './teams.ts';
import { tellWebhook } from './webhook.ts';

/**
 * Resolves once the channel has taken the message.
 * @throws PassingError, ThrottledError when it is worth trying again; ConfigurationError when it is not
 */
export type Teller = (address: ChannelAddress, message: Message) => Promise<void>;

export function createTeller(mailServer: MailServer | null): Teller {
  return async (address, message) => {
    switch (address.kind) {
      case 'teams':
        return await tellTeams(address.url, message);
      case 'slack':
        return await tellSlack(address.url, message);
      case 'webhook':
        return await tellWebhook(address, message, new Date());
      case 'email':
        return await tellByEmail(mailServer, address.to, message);
    }
  };
}
