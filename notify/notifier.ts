/** Sends a message to a channel of any kind. */
import type { ChannelAddress } from '../domain/notifications/notification.ts';
import { type MailServer, sendEmail } from './email.ts';
import type { Message } from './message.ts';
import { sendToSlack } from './slack.ts';
import { sendToTeams } from './teams.ts';
import { sendToWebhook } from './webhook.ts';

/**
 * Sends by `fetch`, which may reach what the tenant's messages may. Resolves when the channel has accepted the message.
 * @throws TransientError, ThrottledError when a retry may help; ConfigurationError when it cannot
 */
export type Notifier = (address: ChannelAddress, message: Message, fetch: Fetch) => Promise<void>;

type Fetch = typeof globalThis.fetch;

export function createNotifier(mailServer: MailServer | null): Notifier {
  return async (address, message, fetch) => {
    switch (address.kind) {
      case 'teams':
        return await sendToTeams(address.url, message, fetch);
      case 'slack':
        return await sendToSlack(address.url, message, fetch);
      case 'webhook':
        return await sendToWebhook(address, message, new Date(), fetch);
      case 'email':
        return await sendEmail(mailServer, address.to, message);
    }
  };
}
