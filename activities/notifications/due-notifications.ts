/** What there is to tell about a tenant, found in the store: requests as their terms say, and outages. */
import { type Channel, channelsOf } from '../../config/channels.ts';
import { durationMs } from '../../config/duration.ts';
import { lastReminder, type RequestTimes } from '../../domain/approvals/deadline.ts';
import { groupBy } from '../../domain/group-by.ts';
import { type NewsKind, newsKinds } from '../../domain/notifications/notification.ts';
import { type OutageMatter, outageMatter, troubleKeys } from '../../domain/notifications/outage.ts';
import { type ApprovalRow, requestsToTell } from '../../store/approvals/approvals.ts';
import { noted, wasTold } from '../../store/notifications/deliveries.ts';
import { lastOutage } from '../../store/notifications/outages.ts';
import { newestConfiguration } from '../../store/tenants.ts';
import { fileOfRequest, requestTimes } from '../approvals/approval-terms.ts';
import type { Services } from '../services.ts';

/** One thing to tell: `key` is what is noted once it was told. */
export interface RequestMatter {
  kind: Exclude<NewsKind, 'trouble'>;
  key: string;
  number: number;
}

/** What one channel has not been told yet. */
export interface ChannelNews {
  channel: Channel;
  requests: RequestMatter[];
  outage: OutageMatter | null;
}

/** A timer of Temporal's is told by another clock than this one. */
const clockGraceMs = 1_000;
/** An expiry that nobody could be told of for a day is of no use any more. */
const expiryOfUseMs = 86_400_000;

/** The channels of the tenant that have not been told everything, with what they are to be told. */
export async function newsOfTenant(services: Services, tenant: string): Promise<ChannelNews[]> {
  const file = await fileInForce(services, tenant);
  const channels = channelsOf(file);
  if (channels.length === 0) return [];
  const requests = await requestMatters(services, tenant);
  const outage = await matterOfOutage(services, tenant, durationMs(file.schedule.every));
  const news = await Promise.all(
    channels.map(async (channel) => ({
      channel,
      requests: await untold(services, tenant, channel, requests),
      outage: await untoldOutage(services, tenant, channel, outage),
    })),
  );
  return news.filter((each) => each.requests.length > 0 || each.outage !== null);
}

/** The channels of the tenant file in force. */
export async function channelsInForce(services: Services, tenant: string): Promise<Channel[]> {
  return channelsOf(await fileInForce(services, tenant));
}

async function fileInForce(services: Services, tenant: string) {
  const version = (await newestConfiguration(services.database, tenant))?.version ?? 0;
  return await services.tenantFile(tenant, version);
}

/** For each request what could be told of it now, the newest first: a channel is told the first that it takes. */
async function requestMatters(services: Services, tenant: string): Promise<RequestMatter[][]> {
  const now = services.now();
  const since = new Date(now.getTime() - expiryOfUseMs);
  const rows = await requestsToTell(services.database, tenant, since);
  const matters: RequestMatter[][] = [];
  // Requests of one cycle have one tenant file, so it is read once for all of them.
  for (const ofCycle of groupBy(rows, ({ cycle }) => String(cycle)).values()) {
    const [first] = ofCycle;
    if (!first) continue;
    const file = await fileOfRequest(services, first);
    for (const row of ofCycle) {
      matters.push(mattersOf(row, requestTimes(row, file), now.getTime() + clockGraceMs));
    }
  }
  return matters;
}

function mattersOf({ number, state }: ApprovalRow, times: RequestTimes, nowMs: number): RequestMatter[] {
  if (state === 'expired' || nowMs >= times.expiresAtMs) {
    return [{ kind: 'expiry', key: `expiry/${number}`, number }];
  }
  const reminder = lastReminder(times, nowMs);
  return [
    ...(nowMs >= times.escalateAtMs
      ? [{ kind: 'escalation' as const, key: `escalation/${number}`, number }]
      : []),
    ...(reminder
      ? [{ kind: 'reminder' as const, key: `reminder/${number}/${reminder.number}`, number }]
      : []),
    { kind: 'request', key: `request/${number}`, number },
  ];
}

async function untold(
  { database }: Services,
  tenant: string,
  { id, kinds }: Channel,
  requests: RequestMatter[][],
): Promise<RequestMatter[]> {
  const wanted = requests.flatMap((matters) => matters.find(({ kind }) => kinds.includes(kind)) ?? []);
  if (wanted.length === 0) return [];
  const known = await noted(
    database,
    tenant,
    id,
    wanted.map(({ key }) => key),
  );
  return wanted
    .filter(({ key }) => !known.has(key))
    .sort((one, other) => newsKinds.indexOf(one.kind) - newsKinds.indexOf(other.kind));
}

async function matterOfOutage({ database, now }: Services, tenant: string, everyMs: number) {
  const outage = await lastOutage(database, tenant);
  const matter = outage && outageMatter(outage, now(), everyMs);
  return outage && matter ? { ...matter, number: outage.number } : null;
}

async function untoldOutage(
  { database }: Services,
  tenant: string,
  { id, kinds }: Channel,
  matter: (OutageMatter & { number: number }) | null,
): Promise<OutageMatter | null> {
  if (matter === null || !kinds.includes('trouble')) return null;
  if ((await noted(database, tenant, id, [matter.key])).has(matter.key)) return null;
  const heard =
    matter.kind === 'trouble' || (await wasTold(database, tenant, id, troubleKeys(matter.number)));
  return heard ? matter : null;
}
