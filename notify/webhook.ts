/** Any webhook: the news as JSON, signed where the tenant file has a key. */
import { createHmac } from 'node:crypto';
import type { Notification } from '../domain/notifications/notification.ts';
import { post } from './http.ts';
import type { Message } from './message.ts';

/** Hexadecimal HMAC-SHA256 of the body as sent, after `sha256=`. */
const signatureHeader = 'x-timely-sync-signature';

/** What is posted. `sentAt` stands in what is signed: refuse what is older than some minutes. */
export interface WebhookBody {
  version: 1;
  /** The same when a message is sent again after a lost answer. */
  id: string;
  tenant: string;
  kind: string;
  sentAt: string;
  title: string;
  news: Notification;
  commands: Message['commands'];
  links: string[];
}

export async function sendToWebhook(
  { url, key }: { url: string; key: string | null },
  message: Message,
  now: Date,
): Promise<void> {
  const body = JSON.stringify(webhookBody(message, now));
  const headers = key === null ? {} : { [signatureHeader]: `sha256=${signature(key, body)}` };
  await post({ what: 'The webhook', url, body, headers });
}

export function webhookBody({ id, tenant, kind, title, news, ...rest }: Message, now: Date): WebhookBody {
  const links = [rest.link, ...rest.items.map(({ link }) => link)].flatMap((link) => link?.url ?? []);
  const { commands } = rest;
  return { version: 1, id, tenant, kind, sentAt: now.toISOString(), title, news, commands, links };
}

export const signature = (key: string, body: string) => createHmac('sha256', key).update(body).digest('hex');
