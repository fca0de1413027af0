/** Which notifications of a tenant are due, by the store alone: approvals as their terms say, and outages. */

import { type Channel, channelsOf } from '../../config/channels.ts';
import { durationMs } from '../../config/duration.ts';
import { type ApprovalTimes, lastReminder } from '../../domain/approvals/deadline.ts';
import { groupBy } from '../../domain/group-by.ts';
import { type ApprovalNotificationKind, notificationKinds } from '../../domain/notifications/notification.ts';
import {
  dueOutageNotification,
  failureKeyPrefix,
  type OutageNotification,
} from '../../domain/notifications/outage.ts';
import { dayMs } from '../../domain/time.ts';
import { type ApprovalRow, approvalsToNotify } from '../../store/approvals/approvals.ts';
import { deliveredKeys, wasDelivered } from '../../store/notifications/deliveries.ts';
import { lastOutage } from '../../store/notifications/outages.ts';
import { findingCycles } from '../../store/query/open-findings.ts';
import { approvalTimes, fileOfApproval } from '../approvals/approval-terms.ts';
import { newestTenantFile, type Services } from '../services.ts';

/** One notification about an approval; `key` is recorded once it was sent. */
export interface DueApprovalNotification {
  kind: ApprovalNotificationKind;
  key: string;
  number: number;
}

/** What is due to one channel. */
export interface DueNotifications {
  channel: Channel;
  approvals: DueApprovalNotification[];
  outage: OutageNotification | null;
  /** Cycles whose first findings the channel has not been told yet. */
  findingsOf: number[];
}

/** Temporal's timers go by another clock than this one. */
const clockGraceMs = 1_000;
/** A notification of an expiry is of no use after a day. */
const expiryUsefulMs = dayMs;

/** The tenant's channels that something is due to. */
export async function dueNotifications(services: Services, tenant: string): Promise<DueNotifications[]> {
  const file = await newestTenantFile(services, tenant);
  const channels = channelsOf(file);
  if (channels.length === 0) return [];
  const approvals = await dueApprovalNotifications(services, tenant);
  const outage = await currentOutageNotification(services, tenant, durationMs(file.schedule.every));
  const foundIn = await findingCycles(services.database, tenant);
  const due = await Promise.all(
    channels.map(async (channel) => ({
      channel,
      approvals: await undelivered(services, tenant, channel, approvals),
      outage: await undeliveredOutage(services, tenant, channel, outage),
      findingsOf: await undeliveredFindings(services, tenant, channel, foundIn),
    })),
  );
  return due.filter(
    (each) => each.approvals.length > 0 || each.outage !== null || each.findingsOf.length > 0,
  );
}

/** The channels of the tenant file in force. */
export async function channelsInForce(services: Services, tenant: string): Promise<Channel[]> {
  return channelsOf(await newestTenantFile(services, tenant));
}

/** For each approval the notifications that could be sent now, newest first: a channel gets the first that it takes. */
async function dueApprovalNotifications(
  services: Services,
  tenant: string,
): Promise<DueApprovalNotification[][]> {
  const now = services.now();
  const since = new Date(now.getTime() - expiryUsefulMs);
  const rows = await approvalsToNotify(services.database, tenant, since);
  const notifications: DueApprovalNotification[][] = [];
  // Approvals of one cycle share a tenant file, so it is read once.
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
  approvals: DueApprovalNotification[][],
): Promise<DueApprovalNotification[]> {
  const wanted = approvals.flatMap(
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
  // The end of an outage goes only to channels that got its beginning.
  const isWanted =
    notification.kind === 'failure' ||
    (await wasDelivered(database, tenant, id, failureKeyPrefix(notification.number)));
  return isWanted ? notification : null;
}

/** The key under which the first findings of a cycle are recorded. A finding that comes back counts as new. */
export const findingsKey = (cycle: number) => `finding/${cycle}`;

async function undeliveredFindings(
  { database }: Services,
  tenant: string,
  { id, kinds }: Channel,
  foundIn: number[],
): Promise<number[]> {
  if (foundIn.length === 0 || !kinds.includes('finding')) return [];
  const known = await deliveredKeys(database, tenant, id, foundIn.map(findingsKey));
  return foundIn.filter((cycle) => !known.has(findingsKey(cycle)));
}
