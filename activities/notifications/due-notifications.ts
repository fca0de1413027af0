/** What there is to tell about a tenant, found in the store: requests as their terms say, and outages. */
import { type Channel, channelsOf } from '../../config/channels.ts';
import { durationMs } from '../../config/duration.ts';
import { type ApprovalTimes, lastReminder } from '../../domain/approvals/deadline.ts';
import { groupBy } from '../../domain/group-by.ts';
import { type NotificationKind, notificationKinds } from '../../domain/notifications/notification.ts';
import {
  dueOutageNotification,
  failureKeyPrefix,
  type OutageNotification,
} from '../../domain/notifications/outage.ts';
import { type ApprovalRow, approvalsToNotify } from '../../store/approvals/approvals.ts';
import { deliveredKeys, wasDelivered } from '../../store/notifications/deliveries.ts';
import { lastOutage } from '../../store/notifications/outages.ts';
import { newestConfiguration } from '../../store/tenants.ts';
import { approvalTimes, fileOfApproval } from '../approvals/approval-terms.ts';
import type { Services } from '../services.ts';

/** One thing to tell: `key` is what is noted once it was told. */
export interface DueApprovalNotification {
  kind: Exclude<NotificationKind, 'trouble'>;
  key: string;
  number: number;
}

/** What one channel has not been told yet. */
export interface DueNotifications {
  channel: Channel;
  requests: DueApprovalNotification[];
  outage: OutageNotification | null;
}

/** A timer of Temporal's is told by another clock than this one. */
const clockGraceMs = 1_000;
/** An expiry that nobody could be told of for a day is of no use any more. */
const expiryOfUseMs = 86_400_000;

/** The channels of the tenant that have not been told everything, with what they are to be told. */
export async function dueNotifications(services: Services, tenant: string): Promise<DueNotifications[]> {
  const file = await fileInForce(services, tenant);
  const channels = channelsOf(file);
  if (channels.length === 0) return [];
  const requests = await dueApprovalNotifications(services, tenant);
  const outage = await currentOutageNotification(services, tenant, durationMs(file.schedule.every));
  const due = await Promise.all(
    channels.map(async (channel) => ({
      channel,
      requests: await undelivered(services, tenant, channel, requests),
      outage: await undeliveredOutage(services, tenant, channel, outage),
    })),
  );
  return due.filter((each) => each.requests.length > 0 || each.outage !== null);
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
async function dueApprovalNotifications(
  services: Services,
  tenant: string,
): Promise<DueApprovalNotification[][]> {
  const now = services.now();
  const since = new Date(now.getTime() - expiryOfUseMs);
  const rows = await approvalsToNotify(services.database, tenant, since);
  const notifications: DueApprovalNotification[][] = [];
  // Requests of one cycle have one tenant file, so it is read once for all of them.
  for (const ofCycle of groupBy(rows, ({ cycle }) => String(cycle)).values()) {
    const [first] = ofCycle;
    if (!first) continue;
    const file = await fileOfApproval(services, first);
    for (const row of ofCycle) {
      notifications.push(notificationsOf(row, approvalTimes(row, file), now.getTime() + clockGraceMs));
    }
  }
  return notifications;
}

function notificationsOf(
  { number, state }: ApprovalRow,
  times: ApprovalTimes,
  nowMs: number,
): DueApprovalNotification[] {
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

async function undelivered(
  { database }: Services,
  tenant: string,
  { id, kinds }: Channel,
  requests: DueApprovalNotification[][],
): Promise<DueApprovalNotification[]> {
  const wanted = requests.flatMap(
    (notifications) => notifications.find(({ kind }) => kinds.includes(kind)) ?? [],
  );
  if (wanted.length === 0) return [];
  const known = await deliveredKeys(
    database,
    tenant,
    id,
    wanted.map(({ key }) => key),
  );
  return wanted
    .filter(({ key }) => !known.has(key))
    .sort((one, other) => notificationKinds.indexOf(one.kind) - notificationKinds.indexOf(other.kind));
}

async function currentOutageNotification({ database, now }: Services, tenant: string, everyMs: number) {
  const outage = await lastOutage(database, tenant);
  const notification = outage && dueOutageNotification(outage, now(), everyMs);
  return outage && notification ? { ...notification, number: outage.number } : null;
}

async function undeliveredOutage(
  { database }: Services,
  tenant: string,
  { id, kinds }: Channel,
  notification: (OutageNotification & { number: number }) | null,
): Promise<OutageNotification | null> {
  if (notification === null || !kinds.includes('trouble')) return null;
  if ((await deliveredKeys(database, tenant, id, [notification.key])).has(notification.key)) return null;
  const heard =
    notification.kind === 'failure' ||
    (await wasDelivered(database, tenant, id, failureKeyPrefix(notification.number)));
  return heard ? notification : null;
}
