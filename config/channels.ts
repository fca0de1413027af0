/** The lines of `notify:` as channels: their name, the kinds of notification they take, and their address. */
import { createHash } from 'node:crypto';
import {
  type ChannelAddress,
  type NotificationKind,
  notificationKinds,
} from '../domain/notifications/notification.ts';
import type { TenantAccess } from './policy/tenant-access.ts';
import type { TenantFile } from './tenant-file.ts';

export interface Channel {
  /** Identifies the channel wherever its line is in the file; holds no address. */
  id: string;
  /** For people: the kind, and the reference, host or e-mail addresses; never the address of a webhook. */
  label: string;
  kinds: readonly NotificationKind[];
  /** @throws ConfigurationError when a reference cannot be resolved, or the worker's policy refuses it or its host */
  address(access: TenantAccess): Promise<ChannelAddress>;
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
    channels.set(id, { id, label: `${kind} ${label}`, kinds, address: (access) => addressOf(line, access) });
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

async function addressOf(line: Line, access: TenantAccess): Promise<ChannelAddress> {
  const { teams, slack, webhook, key, email = [] } = line;
  if (teams !== undefined) return { kind: 'teams', url: await access.webhook(teams) };
  if (slack !== undefined) return { kind: 'slack', url: await access.webhook(slack) };
  if (webhook !== undefined) {
    const secret = key === undefined ? null : await access.key(key);
    return { kind: 'webhook', url: await access.webhook(webhook), key: secret };
  }
  return { kind: 'email', to: email };
}
