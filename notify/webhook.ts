/** Any webhook: the notification as JSON, signed when the tenant file has a key. */
import { createHmac } from 'node:crypto';
import type { Notification } from '../domain/notifications/notification.ts';
import type { Message } from './message.ts';
import { post } from './post.ts';

/** `sha256=`, then the hexadecimal HMAC-SHA256 of the body exactly as sent. */
const signatureHeader = 'x-timely-sync-signature';

/** The body of the request. `sentAt` is part of what is signed, so that a receiver can refuse an old message. */
export interface WebhookBody {
  version: 1;
  /** The same when a message is sent again after a lost response. */
  id: string;
  tenant: string;
  kind: string;
  sentAt: string;
  title: string;
  notification: Notification;
  commands: Message['commands'];
  links: string[];
}

export async function sendToWebhook(
  { url, key }: { url: string; key: string | null },
  message: Message,
  now: Date,
  fetch: typeof globalThis.fetch,
): Promise<void> {
  const body = JSON.stringify(webhookBody(message, now));
  const headers = key === null ? {} : { [signatureHeader]: `sha256=${signature(key, body)}` };
  await post({ what: 'The webhook', url, body, headers, fetch });
}

export function webhookBody(
  { id, tenant, kind, title, notification, ...rest }: Message,
  now: Date,
): WebhookBody {
  const links = [rest.link, ...rest.items.map(({ link }) => link)].flatMap((link) => link?.url ?? []);
  const { commands } = rest;
  return {
    version: 1,
    id,
    tenant,
    kind,
    sentAt: now.toISOString(),
    title,
    notification,
    commands,
    links,
  };
}

export const signature = (key: string, body: string) => createHmac('sha256', key).update(body).digest('hex');
