/** Sends notifications: lists the channels that something is due to, and sends one channel what is due. */
import { ConfigurationError } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { guardedFetch } from '../../http/guarded-fetch.ts';
import { messageOf } from '../../notify/message.ts';
import { channelProblems, recordDeliveries } from '../../store/notifications/deliveries.ts';
import { requestReplan } from '../../store/replica/dirty-subjects.ts';
import type { Services } from '../services.ts';
import {
  channelsInForce,
  type DueNotifications,
  dueNotifications,
  findingsKey,
} from './due-notifications.ts';
import { approvalsNotification, findingsNotification, outageNotification } from './notification-content.ts';

export interface ChannelKey {
  tenant: string;
  channel: string;
}

export function createNotifyActivities(services: Services) {
  return {
    /** Wakes the workflows of the channels that something is due to. */
    async notifyDueChannels({ tenant }: { tenant: string }): Promise<void> {
      await wakeDueChannels(services, tenant);
    },

    /**
     * Sends a channel what is due: one message for all approvals of a kind, one for an outage, one for all new findings. What
     * the channel refuses for good is given up.
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

    /** Gives up what is due to a channel now. */
    async recordUndelivered({ tenant, channel, problem }: ChannelKey & { problem: string }): Promise<void> {
      const due = await dueForChannel(services, tenant, channel);
      if (due) await recordParts(services, tenant, channel, partsOf(due), problem);
    },
  };
}

/** Wakes the workflows of the channels that something is due to. */
export async function wakeDueChannels(services: Services, tenant: string): Promise<void> {
  const due = await dueNotifications(services, tenant);
  const channels = due.map(({ channel }) => channel.id);
  if (channels.length > 0) await services.workflows.notifyChannels(tenant, channels);
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

/** One message: approvals of one kind, an outage, or what some cycles found. */
type MessagePart =
  | { approvals: DueNotifications['approvals'] }
  | { outage: NonNullable<DueNotifications['outage']> }
  | { findingsOf: number[] };

function partsOf({ approvals, outage, findingsOf }: DueNotifications): MessagePart[] {
  const byKind = groupBy(approvals, ({ kind }) => kind);
  return [
    ...(outage ? [{ outage }] : []),
    ...[...byKind.values()].map((each) => ({ approvals: each })),
    ...(findingsOf.length > 0 ? [{ findingsOf }] : []),
  ];
}

function keysOf(part: MessagePart): string[] {
  if ('outage' in part) return [part.outage.key];
  return 'approvals' in part ? part.approvals.map(({ key }) => key) : part.findingsOf.map(findingsKey);
}

async function contentOf(services: Services, tenant: string, part: MessagePart) {
  if ('outage' in part) return await outageNotification(services, tenant, part.outage);
  return 'approvals' in part
    ? await approvalsNotification(services, tenant, part.approvals)
    : await findingsNotification(services, tenant, part.findingsOf);
}

async function dueForChannel(services: Services, tenant: string, channel: string) {
  const [due] = await dueNotifications(services, tenant, channel);
  return due ?? null;
}

async function send(
  services: Services,
  tenant: string,
  { channel }: DueNotifications,
  part: MessagePart,
): Promise<void> {
  const content = await contentOf(services, tenant, part);
  if (content === null) return;
  const { ui, notifier: notify } = services.notifications;
  const { pages } = services.console;
  const message = messageOf(content, { tenant, ui, pages, keys: [channel.id, ...keysOf(part)] });
  const access = await services.access(tenant);
  await notify(await channel.address(access), message, guardedFetch(access.webhooks));
}

/** The next plan reports a channel that begins or stops failing. */
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
