/** Starts the notifiers of channels. They are workflows of their own, so that no other workflow waits for a slow channel. */
import { log } from '@temporalio/workflow';
import { listChannelsToNotify } from '../activity-proxies.ts';
import { notificationsDueSignal, notifyChannelWorkflowId } from '../messages.ts';
import { startOrSignal } from '../start-or-signal.ts';
import { notifyChannel } from './notify-channel.ts';

const attemptsMax = 3;

/** Starts the notifiers of all channels of the tenant that have notifications due. */
export async function startNotifications(tenant: string): Promise<void> {
  await logFailure(async () => startNotifiers(tenant, await listChannelsToNotify({ tenant })));
}

/** The same for channels that are known to have notifications due. */
export async function notifyChannels(tenant: string, channels: string[]): Promise<void> {
  await logFailure(() => startNotifiers(tenant, channels));
}

/** A failure never stops the caller: the next cycle finds the notifications again. */
async function logFailure(start: () => Promise<void>): Promise<void> {
  await start().catch((error: unknown) =>
    log.warn('could not start the notifications', { reason: String(error) }),
  );
}

async function startNotifiers(tenant: string, channels: string[]): Promise<void> {
  await Promise.all(channels.map((channel) => startNotifier(tenant, channel)));
}

/** One workflow a channel: a running one is signalled, and reads the store again before it ends. */
async function startNotifier(tenant: string, channel: string): Promise<void> {
  const workflowId = notifyChannelWorkflowId(tenant, channel);
  const options = { workflowId, signal: notificationsDueSignal };
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    if (await startOrSignal(notifyChannel, { ...options, args: [{ tenant, channel }] })) return;
  }
}
