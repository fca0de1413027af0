/** The lines of `notify:` as channels: what each is called, what it takes, and where it leads. */
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
  /** Tells the channel apart wherever the line stands in the file; holds no address. */
  id: string;
  /** For people: the kind, and the reference, host or e-mail addresses; never the address of a webhook. */
  label: string;
  kinds: readonly NotificationKind[];
  /** @throws ConfigurationError when a reference leads nowhere. */
  address(env?: Environment): Promise<ChannelAddress>;
}

type Line = TenantFile['notify'][number];

/** The channels of a tenant file. Two lines that lead to one place are one channel, which takes what either takes. */
export function channelsOf({ notify }: Pick<TenantFile, 'notify'>): Channel[] {
  const channels = new Map<string, Channel>();
  for (const line of notify) {
    const { kind, place, label } = placeOf(line);
    const id = `${kind}-${createHash('sha256').update(`${kind} ${place}`).digest('hex').slice(0, 12)}`;
    const wanted = [...(line.only ?? notificationKinds), ...(channels.get(id)?.kinds ?? [])];
    const kinds = notificationKinds.filter((each) => wanted.includes(each));
    channels.set(id, { id, label: `${kind} ${label}`, kinds, address: (env) => addressOf(line, env) });
  }
  return [...channels.values()];
}

function placeOf({ teams, slack, webhook, email = [] }: Line): {
  kind: ChannelAddress['kind'];
  place: string;
  label: string;
} {
  if (teams !== undefined) return { kind: 'teams', place: teams, label: teams };
  if (slack !== undefined) return { kind: 'slack', place: slack, label: slack };
  if (webhook !== undefined) {
    const label = webhook.startsWith('env:') ? webhook : new URL(webhook).host;
    return { kind: 'webhook', place: webhook, label };
  }
  const addresses = email.map((address) => address.toLowerCase()).sort();
  return { kind: 'email', place: addresses.join(' '), label: email.join(', ') };
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

/** The address as it is: unlike that of a service, nothing is put behind it. */
async function resolveWebhook(reference: string, env: Environment): Promise<string> {
  if (reference.startsWith('https://')) return reference;
  const address = await resolveSecret(reference, env);
  if (address.startsWith('https://') && URL.canParse(address)) return address;
  throw new ConfigurationError(`${reference} is no https:// address.`, {
    remedy: 'Put the address of the webhook there.',
  });
}
