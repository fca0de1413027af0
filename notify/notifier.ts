/** Hands a message to a channel, whatever its kind. */
import type { ChannelAddress } from '../domain/notifications/notification.ts';
import { type MailServer, sendEmail } from './email.ts';
import type { Message } from './message.ts';
import { sendToSlack } from './slack.ts';
import { sendToTeams } from './teams.ts';
import { sendToWebhook } from './webhook.ts';

/**
 * Resolves once the channel has taken the message.
 * @throws TransientError, ThrottledError when it is worth trying again; ConfigurationError when it is not
 */
export type Notifier = (address: ChannelAddress, message: Message) => Promise<void>;

export function createNotifier(mailServer: MailServer | null): Notifier {
  return async (address, message) => {
    switch (address.kind) {
      case 'teams':
        return await sendToTeams(address.url, message);
      case 'slack':
        return await sendToSlack(address.url, message);
      case 'webhook':
        return await sendToWebhook(address, message, new Date());
      case 'email':
        return await sendEmail(mailServer, address.to, message);
    }
  };
}
