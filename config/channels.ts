/** The lines of `notify:` as channels: their name, the kinds of notification they take, and their address. */
import { createHash } from 'node:crypto';
import { ConfigurationError } from '../domain/errors.ts';
import {
  type ChannelAddress,
  type NotificationKind,
  notificationKinds,
} from '../domain/notifications/notification.ts';
import { type Environment, resolveSecret } from './secrets.ts';
import type { TenantFile } from './tenant-file.ts';

export interface Channel {
  /** Identifies the channel wherever its line is in the file; holds no address. */
  id: string;
  /** For people: the kind, and the reference, host or e-mail addresses; never the address of a webhook. */
  label: string;
  kinds: readonly NotificationKind[];
  /** @throws ConfigurationError when a reference cannot be resolved. */
  address(env?: Environment): Promise<ChannelAddress>;
}

type Line = TenantFile['notify'][number];

/** The channels of a tenant file. Two lines with the same target are one channel with the kinds of both. */
export function channelsOf({ notify }: Pick<TenantFile, 'notify'>): Channel[] {
  const channels = new Map<string, Channel>();
  for (const line of notify) {
    const { kind, target, label } = targetOf(line);
    const id = `${kind}-${createHash('sha256').update(`${kind} ${target}`).digest('hex').slice(0, 12)}`;
    const wanted = [...(line.only ?? notificationKinds), ...(channels.get(id)?.kinds ?? [])];
    const kinds = notificationKinds.filter((each) => wanted.includes(each));
    channels.set(id, { id, label: `${kind} ${label}`, kinds, address: (env) => addressOf(line, env) });
  }
  return [...channels.values()];
}

function targetOf({ teams, slack, webhook, email = [] }: Line): {
  kind: ChannelAddress['kind'];
  target: string;
  label: string;
} {
  if (teams !== undefined) return { kind: 'teams', target: teams, label: teams };
  if (slack !== undefined) return { kind: 'slack', target: slack, label: slack };
  if (webhook !== undefined) {
    const label = webhook.startsWith('env:') ? webhook : new URL(webhook).host;
    return { kind: 'webhook', target: webhook, label };
  }
  const addresses = email.map((address) => address.toLowerCase()).sort();
  return { kind: 'email', target: addresses.join(' '), label: email.join(', ') };
}

async function addressOf(line: Line, env: Environment = process.env): Promise<ChannelAddress> {
  const { teams, slack, webhook, key, email = [] } = line;
  if (teams !== undefined) return { kind: 'teams', url: await resolveWebhook(teams, env) };
  if (slack !== undefined) return { kind: 'slack', url: await resolveWebhook(slack, env) };
  if (webhook !== undefined) {
    const secret = key === undefined ? null : await resolveSecret(key, env);
    return { kind: 'webhook', url: await resolveWebhook(webhook, env), key: secret };
  }
  return { kind: 'email', to: email };
}

/** The address unchanged: unlike an endpoint, it gets no path. */
async function resolveWebhook(reference: string, env: Environment): Promise<string> {
  if (reference.startsWith('https://')) return reference;
  const address = await resolveSecret(reference, env);
  if (address.startsWith('https://') && URL.canParse(address)) return address;
  throw new ConfigurationError(`${reference} is not an https:// address.`, {
    remedy: 'Put the address of the webhook there.',
  });
}
