/** Tells people: whom there is something to tell, and one channel what it has not been told yet. */

import { ConfigurationError } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { messageOf } from '../../notify/message.ts';
import { channelProblems, recordDeliveries } from '../../store/notifications/deliveries.ts';
import { requestReplan } from '../../store/planning/dirty-subjects.ts';
import type { Services } from '../services.ts';
import { channelsInForce, type DueNotifications, dueNotifications } from './due-notifications.ts';
import { approvalsNotification, outageNotification } from './notification-content.ts';

export interface ChannelKey {
  tenant: string;
  channel: string;
}

export function createNotifyActivities(services: Services) {
  return {
    /** Ids of the channels that have not been told everything. */
    async listChannelsToNotify({ tenant }: { tenant: string }): Promise<string[]> {
      return (await dueNotifications(services, tenant)).map(({ channel }) => channel.id);
    },

    /**
     * Sends a channel what it has not been told: one message for all requests of a kind, one for an outage. What it refuses
     * for good is given up.
     * @throws TransientError, ThrottledError when it is worth trying again
     */
    async sendNotifications({ tenant, channel }: ChannelKey): Promise<void> {
      const due = await dueForChannel(services, tenant, channel);
      if (due === null) return;
      for (const part of partsOf(due)) {
        try {
          await send(services, tenant, due, part);
          await recordParts(services, tenant, channel, [part], null);
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
          await recordParts(services, tenant, channel, [part], `${error.message} ${error.remedy}`.trim());
        }
      }
    },

    /** Gives up what is to be told to a channel now. */
    async recordUndelivered({ tenant, channel, problem }: ChannelKey & { problem: string }): Promise<void> {
      const due = await dueForChannel(services, tenant, channel);
      if (due) await recordParts(services, tenant, channel, partsOf(due), problem);
    },
  };
}

/** What an operator should know about channels whose last message did not arrive. */
export async function channelFindings(services: Services, tenant: string): Promise<Finding[]> {
  const problems = await channelProblems(services.database, tenant);
  if (problems.size === 0) return [];
  return (await channelsInForce(services, tenant)).flatMap(({ id, label }) => {
    const problem = problems.get(id);
    if (problem === undefined) return [];
    return [
      { kind: 'channel-failing', subject: label, message: `The last message did not arrive. ${problem}` },
    ];
  });
}

/** One message: requests of one kind, or an outage. */
type MessagePart =
  | { requests: DueNotifications['requests'] }
  | { outage: NonNullable<DueNotifications['outage']> };

function partsOf({ requests, outage }: DueNotifications): MessagePart[] {
  const byKind = groupBy(requests, ({ kind }) => kind);
  return [...(outage ? [{ outage }] : []), ...[...byKind.values()].map((each) => ({ requests: each }))];
}

const keysOf = (part: MessagePart) =>
  'outage' in part ? [part.outage.key] : part.requests.map(({ key }) => key);

async function dueForChannel(services: Services, tenant: string, channel: string) {
  return (await dueNotifications(services, tenant)).find((each) => each.channel.id === channel) ?? null;
}

async function send(
  services: Services,
  tenant: string,
  { channel }: DueNotifications,
  part: MessagePart,
): Promise<void> {
  const content =
    'outage' in part
      ? await outageNotification(services, tenant, part.outage)
      : await approvalsNotification(services, tenant, part.requests);
  if (content === null) return;
  const { ui, notifier: notify } = services.notifications;
  const message = messageOf(content, { tenant, ui, matters: [channel.id, ...keysOf(part)] });
  await notify(await channel.address(), message);
}

/** A channel that begins or ceases to fail is told by the next plan. */
async function recordParts(
  { database, now }: Services,
  tenant: string,
  channel: string,
  parts: MessagePart[],
  problem: string | null,
): Promise<void> {
  const before = (await channelProblems(database, tenant)).get(channel) ?? null;
  await recordDeliveries(database, { tenant, channel, at: now(), problem }, parts.flatMap(keysOf));
  if (before !== problem) await requestReplan(database, tenant);
}
