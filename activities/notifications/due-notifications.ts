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
import { channelsThatGot, deliveredKeys } from '../../store/notifications/deliveries.ts';
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

/** The tenant's channels that something is due to; only the one with that id if it is given. */
export async function dueNotifications(
  services: Services,
  tenant: string,
  id?: string,
): Promise<DueNotifications[]> {
  const file = await newestTenantFile(services, tenant);
  const channels = channelsOf(file).filter((channel) => id === undefined || channel.id === id);
  if (channels.length === 0) return [];
  const approvals = await dueApprovalNotifications(services, tenant);
  const outage = await currentOutageNotification(services, tenant, durationMs(file.schedule.every));
  const foundIn = await findingCycles(services.database, tenant);
  const keys = [
    ...approvals.flat().map(({ key }) => key),
    ...(outage === null ? [] : [outage.key]),
    ...foundIn.map(findingsKey),
  ];
  if (keys.length === 0) return [];
  const delivered = await deliveredKeys(services.database, tenant, keys);
  return channels.flatMap((channel) => {
    const known = delivered.get(channel.id) ?? new Set();
    const due = {
      channel,
      approvals: undelivered(channel, approvals, known),
      outage: outage !== null && takesOutage(channel, outage) && !known.has(outage.key) ? outage : null,
      findingsOf: channel.kinds.includes('finding')
        ? foundIn.filter((cycle) => !known.has(findingsKey(cycle)))
        : [],
    };
    return due.approvals.length > 0 || due.outage !== null || due.findingsOf.length > 0 ? [due] : [];
  });
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

function undelivered(
  { kinds }: Channel,
  approvals: DueApprovalNotification[][],
  known: ReadonlySet<string>,
): DueApprovalNotification[] {
  const wanted = approvals.flatMap(
    (notifications) => notifications.find(({ kind }) => kinds.includes(kind)) ?? [],
  );
  return wanted
    .filter(({ key }) => !known.has(key))
    .sort((one, other) => notificationKinds.indexOf(one.kind) - notificationKinds.indexOf(other.kind));
}

/** `gotFailure`: the channels that an outage that has ended was reported to. */
type CurrentOutage = OutageNotification & { gotFailure: ReadonlySet<string> };

async function currentOutageNotification(
  { database, now }: Services,
  tenant: string,
  everyMs: number,
): Promise<CurrentOutage | null> {
  const outage = await lastOutage(database, tenant);
  const notification = outage && dueOutageNotification(outage, now(), everyMs);
  if (!outage || !notification) return null;
  if (notification.kind === 'failure') return { ...notification, gotFailure: new Set() };
  const gotFailure = await channelsThatGot(database, tenant, failureKeyPrefix(outage.number));
  return { ...notification, gotFailure };
}

/** The end of an outage goes only to channels that got its beginning. */
const takesOutage = ({ id, kinds }: Channel, { kind, gotFailure }: CurrentOutage) =>
  kinds.includes('trouble') && (kind === 'failure' || gotFailure.has(id));

/** The key under which the first findings of a cycle are recorded. A finding that comes back counts as new. */
export const findingsKey = (cycle: number) => `finding/${cycle}`;
