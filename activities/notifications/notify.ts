/** Tells people: whom there is something to tell, and one channel what it has not been told yet. */

import { ConfigurationError } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { messageOf } from '../../notify/message.ts';
import { channelProblems, note } from '../../store/notifications/deliveries.ts';
import { planAgain } from '../../store/planning/dirty-subjects.ts';
import type { Services } from '../services.ts';
import { type ChannelNews, channelsInForce, newsOfTenant } from './due-notifications.ts';
import { outageNews, requestsNews } from './notification-content.ts';

export interface ChannelKey {
  tenant: string;
  channel: string;
}

export function createTellActivities(services: Services) {
  return {
    /** Ids of the channels that have not been told everything. */
    async channelsWithNews({ tenant }: { tenant: string }): Promise<string[]> {
      return (await newsOfTenant(services, tenant)).map(({ channel }) => channel.id);
    },

    /**
     * Sends a channel what it has not been told: one message for all requests of a kind, one for an outage. What it refuses
     * for good is given up.
     * @throws PassingError, ThrottledError when it is worth trying again
     */
    async tellChannel({ tenant, channel }: ChannelKey): Promise<void> {
      const news = await newsOfChannel(services, tenant, channel);
      if (news === null) return;
      for (const part of partsOf(news)) {
        try {
          await send(services, tenant, news, part);
          await noteParts(services, tenant, channel, [part], null);
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
          await noteParts(services, tenant, channel, [part], `${error.message} ${error.remedy}`.trim());
        }
      }
    },

    /** Gives up what is to be told to a channel now. */
    async noteUntold({ tenant, channel, problem }: ChannelKey & { problem: string }): Promise<void> {
      const news = await newsOfChannel(services, tenant, channel);
      if (news) await noteParts(services, tenant, channel, partsOf(news), problem);
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
type Part = { requests: ChannelNews['requests'] } | { outage: NonNullable<ChannelNews['outage']> };

function partsOf({ requests, outage }: ChannelNews): Part[] {
  const byKind = groupBy(requests, ({ kind }) => kind);
  return [...(outage ? [{ outage }] : []), ...[...byKind.values()].map((each) => ({ requests: each }))];
}

const mattersOf = (part: Part) =>
  'outage' in part ? [part.outage.key] : part.requests.map(({ key }) => key);

async function newsOfChannel(services: Services, tenant: string, channel: string) {
  return (await newsOfTenant(services, tenant)).find((each) => each.channel.id === channel) ?? null;
}

async function send(services: Services, tenant: string, { channel }: ChannelNews, part: Part): Promise<void> {
  const content =
    'outage' in part
      ? await outageNews(services, tenant, part.outage)
      : await requestsNews(services, tenant, part.requests);
  if (content === null) return;
  const { ui, tell } = services.telling;
  const message = messageOf(content, { tenant, ui, matters: [channel.id, ...mattersOf(part)] });
  await tell(await channel.address(), message);
}

/** A channel that begins or ceases to fail is told by the next plan. */
async function noteParts(
  { database, now }: Services,
  tenant: string,
  channel: string,
  parts: Part[],
  problem: string | null,
): Promise<void> {
  const before = (await channelProblems(database, tenant)).get(channel) ?? null;
  await note(database, { tenant, channel, at: now(), problem }, parts.flatMap(mattersOf));
  if (before !== problem) await planAgain(database, tenant);
}
