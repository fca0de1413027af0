/** Keeps the directory's change notifications coming: subscriptions are created, renewed, replaced and ended. */

import { createHash } from 'node:crypto';
import { type ChangeNotifications, type DirectoryStream, directoryStreams } from '../../directory/source.ts';
import { NotFoundError, SyncError, ThrottledError, TransientError } from '../../domain/errors.ts';
import { dayMs } from '../../domain/time.ts';
import { requestReplan } from '../../store/replica/dirty-subjects.ts';
import {
  forgetSubscription,
  type SubscriptionRow,
  storeSubscription,
  subscriptionsOf,
} from '../../store/replica/subscriptions.ts';
import type { Services, Tenant } from '../services.ts';

export interface KeepSubscriptionsInput {
  tenant: string;
  configurationVersion: number;
  /** The loop ends: notifications have no use any more. */
  stopping: boolean;
}

/** `kept`: all subscriptions are fresh. `due`: there is something to do. */
export type SubscriptionsState = 'none' | 'kept' | 'due';

/** A week: far below the 41,760 minutes that Entra ID allows, so that a forgotten subscription ends soon. */
const lifeMs = 7 * dayMs;
const transientWaitMs = 60_000;
/** A person has to correct a permission or an address. */
const otherWaitMs = 3_600_000;

export function createKeepSubscriptionsActivities(services: Services) {
  return {
    /** Does what is due. A failure becomes a finding and is tried again later: polling goes on. */
    async keepSubscriptions({
      tenant,
      configurationVersion,
      stopping,
    }: KeepSubscriptionsInput): Promise<void> {
      const { database } = services;
      const opened = await services.tenant(tenant, configurationVersion);
      const { subscriptions: notifications } = opened.directory;
      if (!notifications) return;
      const receiver = stopping ? null : receiverFor(services, opened);
      const rows = new Map((await subscriptionsOf(database, tenant)).map((row) => [row.stream, row]));
      await Promise.all(
        directoryStreams.map(async (stream) => {
          const one = { services, notifications, tenant, stream, row: rows.get(stream) ?? null };
          await (receiver ? keep(one, receiver) : end(one));
        }),
      );
    },
  };
}

/** The state of a tenant's subscriptions, from the store alone. */
export async function subscriptionsState(services: Services, tenant: Tenant): Promise<SubscriptionsState> {
  const rows = await subscriptionsOf(services.database, tenant.name);
  const receiver = receiverFor(services, tenant);
  if (receiver === null) return rows.length === 0 ? 'none' : 'due';
  const fresh = rows.filter((row) => isFresh(row, receiver, services.now()));
  return fresh.length === directoryStreams.length ? 'kept' : 'due';
}

/** Null: this tenant is only polled. */
function receiverFor({ receiver }: Services, { name, file, directory }: Tenant) {
  if (receiver === null || !file.schedule.notifications || !directory.subscriptions) return null;
  const to = { url: receiver.url, clientState: receiver.clientStates.of(name) };
  return { ...to, terms: createHash('sha256').update(JSON.stringify(to)).digest('base64url') };
}
type ReceiverOfTenant = NonNullable<ReturnType<typeof receiverFor>>;

const isFresh = (row: SubscriptionRow, { terms }: ReceiverOfTenant, now: Date) =>
  row.terms === terms && row.dueAt > now;

/** One stream's subscription. */
interface StreamSubscription {
  services: Services;
  notifications: ChangeNotifications;
  tenant: string;
  stream: DirectoryStream;
  row: SubscriptionRow | null;
}

async function keep(one: StreamSubscription, receiver: ReceiverOfTenant): Promise<void> {
  const { services, tenant, stream, row } = one;
  const { database, now } = services;
  if (row && isFresh(row, receiver, now())) return;
  const { terms } = receiver;
  try {
    const { id, expiresAt } = await renewOrSubscribe(one, receiver);
    // Half of the life that the directory gave, which may be shorter than requested.
    const dueAt = new Date((now().getTime() + expiresAt.getTime()) / 2);
    await storeSubscription(database, { tenant, stream, id, expiresAt, terms, dueAt, problem: null });
    if (row?.problem) await requestReplan(database, tenant);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const problem = `${error.message} ${error.remedy}`.trim();
    const dueAt = new Date(now().getTime() + waitAfter(error));
    const { id = null, expiresAt = null } = row?.terms === terms ? row : {};
    await storeSubscription(database, { tenant, stream, id, expiresAt, terms, dueAt, problem });
    // The next plan reports it.
    if (row?.problem !== problem) await requestReplan(database, tenant);
  }
}

/** Renews the subscription; creates one when there is none, or none with these terms. */
async function renewOrSubscribe(
  { services, notifications, stream, row }: StreamSubscription,
  receiver: ReceiverOfTenant,
) {
  const { url, clientState, terms } = receiver;
  const expiresAt = new Date(services.now().getTime() + lifeMs);
  if (row?.id && row.terms === terms) {
    try {
      return await notifications.renew(stream, row.id, expiresAt);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  } else if (row?.id) {
    // When it cannot be ended it expires by itself: its notifications do no harm.
    await notifications.unsubscribe(stream, row.id).catch(ignoreSyncError);
  }
  return await notifications.subscribe(stream, { url, clientState, expiresAt });
}

async function end({ services, notifications, tenant, stream, row }: StreamSubscription): Promise<void> {
  if (row?.id) await notifications.unsubscribe(stream, row.id).catch(ignoreSyncError);
  if (row) await forgetSubscription(services.database, tenant, stream);
}

function ignoreSyncError(error: unknown): void {
  if (!(error instanceof SyncError)) throw error;
}

function waitAfter(error: SyncError): number {
  return error instanceof ThrottledError || error instanceof TransientError
    ? Math.max(error.retryAfterMs ?? 0, transientWaitMs)
    : otherWaitMs;
}
