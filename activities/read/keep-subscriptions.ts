/** Keeps the directory's change notifications coming: subscriptions are made, renewed, made anew and ended. */
import { createHash } from 'node:crypto';
import { type ChangeNotifications, type DirectoryStream, directoryStreams } from '../../directory/source.ts';
import { NotFoundError, SyncError, ThrottledError, TransientError } from '../../domain/errors.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { requestReplan } from '../../store/planning/dirty-subjects.ts';
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
  /** The loop ends: there is nobody left to wake. */
  stopping: boolean;
}

/** `kept`: there are some, and nothing is to be done about them now. */
export type SubscriptionsState = 'none' | 'kept' | 'due';

/** A week: far below the 41,760 minutes that Entra ID allows, so that what is left behind ends soon. */
const lifeMs = 7 * 86_400_000;
const passingWaitMs = 60_000;
/** A permission or an address takes somebody to mend. */
const otherWaitMs = 3_600_000;

export function createKeepSubscriptionsActivities(services: Services) {
  return {
    /** Does what is due; what cannot be done is noted as a finding and tried again later, since polling goes on. */
    async keepSubscriptions({
      tenant,
      configurationVersion,
      stopping,
    }: KeepSubscriptionsInput): Promise<void> {
      const { database } = services;
      const opened = await services.tenant(tenant, configurationVersion);
      const { notifications } = opened.directory;
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

/** How a tenant's subscriptions stand, from the store alone. */
export async function subscriptionsState(services: Services, tenant: Tenant): Promise<SubscriptionsState> {
  const rows = await subscriptionsOf(services.database, tenant.name);
  const receiver = receiverFor(services, tenant);
  if (receiver === null) return rows.length === 0 ? 'none' : 'due';
  const fresh = rows.filter((row) => isFresh(row, receiver, services.now()));
  return fresh.length === directoryStreams.length ? 'kept' : 'due';
}

/** What an operator should know about notifications that do not come. */
export async function subscriptionFindings({ database }: Services, tenant: string): Promise<Finding[]> {
  const rows = await subscriptionsOf(database, tenant);
  return rows.flatMap(({ stream, problem }) =>
    problem === null
      ? []
      : [
          {
            kind: 'no-notifications',
            subject: stream,
            message: `Changes of ${stream} are seen by polling alone, as schedule.every says. ${problem}`,
          },
        ],
  );
}

/** Null: this tenant is only polled. */
function receiverFor({ receiver }: Services, { name, file, directory }: Tenant) {
  if (receiver === null || !file.schedule.notifications || !directory.notifications) return null;
  const to = { url: receiver.url, clientState: receiver.clientStates.of(name) };
  return { ...to, terms: createHash('sha256').update(JSON.stringify(to)).digest('base64url') };
}
type ReceiverOfTenant = NonNullable<ReturnType<typeof receiverFor>>;

const isFresh = (row: SubscriptionRow, { terms }: ReceiverOfTenant, now: Date) =>
  row.terms === terms && row.dueAt > now;

/** One stream's subscription. */
interface One {
  services: Services;
  notifications: ChangeNotifications;
  tenant: string;
  stream: DirectoryStream;
  row: SubscriptionRow | null;
}

async function keep(one: One, receiver: ReceiverOfTenant): Promise<void> {
  const { services, tenant, stream, row } = one;
  const { database, now } = services;
  if (row && isFresh(row, receiver, now())) return;
  const { terms } = receiver;
  try {
    const { id, expiresAt } = await bringForward(one, receiver);
    // Half of what is left: one that the directory cuts short is renewed as early, by its own measure.
    const dueAt = new Date((now().getTime() + expiresAt.getTime()) / 2);
    await storeSubscription(database, { tenant, stream, id, expiresAt, terms, dueAt, problem: null });
    if (row?.problem) await requestReplan(database, tenant);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const problem = `${error.message} ${error.remedy}`.trim();
    const dueAt = new Date(now().getTime() + waitAfter(error));
    const { id = null, expiresAt = null } = row?.terms === terms ? row : {};
    await storeSubscription(database, { tenant, stream, id, expiresAt, terms, dueAt, problem });
    // The next plan tells it.
    if (row?.problem !== problem) await requestReplan(database, tenant);
  }
}

/** Renews the subscription; makes a new one where there is none, or none that fits. */
async function bringForward({ services, notifications, stream, row }: One, receiver: ReceiverOfTenant) {
  const { url, clientState, terms } = receiver;
  const expiresAt = new Date(services.now().getTime() + lifeMs);
  if (row?.id && row.terms === terms) {
    try {
      return await notifications.renew(stream, row.id, expiresAt);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  } else if (row?.id) {
    // Left to end by itself where it cannot be ended: its notifications do no harm.
    await notifications.unsubscribe(stream, row.id).catch(ignoreSyncError);
  }
  return await notifications.subscribe(stream, { url, clientState, expiresAt });
}

async function end({ services, notifications, tenant, stream, row }: One): Promise<void> {
  if (row?.id) await notifications.unsubscribe(stream, row.id).catch(ignoreSyncError);
  if (row) await forgetSubscription(services.database, tenant, stream);
}

function ignoreSyncError(error: unknown): void {
  if (!(error instanceof SyncError)) throw error;
}

function waitAfter(error: SyncError): number {
  return error instanceof ThrottledError || error instanceof TransientError
    ? Math.max(error.retryAfterMs ?? 0, passingWaitMs)
    : otherWaitMs;
}
