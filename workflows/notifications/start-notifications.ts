/** Sees to it that people are told. What tells them is a workflow of its own, so that nobody waits for a slow channel. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { getExternalWorkflowHandle, log, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { announcing } from '../activity-proxies.ts';
import { notificationsDueSignal, notifyChannelWorkflowId } from '../messages.ts';
import { notifyChannel } from './notify-channel.ts';

/** Starts telling whatever channels of the tenant have not been told. */
export async function startNotifications(tenant: string): Promise<void> {
  await orLeaveIt(async () => startAll(tenant, await announcing.listChannelsToNotify({ tenant })));
}

/** The same for channels that are known to have news. */
export async function notifyChannels(tenant: string, channels: string[]): Promise<void> {
  await orLeaveIt(() => startAll(tenant, channels));
}

/** What fails here is found again by the next cycle; it never ends or stops whoever has news. */
async function orLeaveIt(start: () => Promise<void>): Promise<void> {
  await start().catch((error: unknown) => log.warn('nobody could be told', { reason: String(error) }));
}

async function startAll(tenant: string, channels: string[]): Promise<void> {
  await Promise.all(channels.map((channel) => startTelling(tenant, channel)));
}

/** One workflow a channel: one that runs is told of the news, and looks once more before it ends. */
async function startTelling(tenant: string, channel: string): Promise<void> {
  const workflowId = notifyChannelWorkflowId(tenant, channel);
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      await startChild(notifyChannel, {
        workflowId,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        args: [{ tenant, channel }],
      });
      return;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const heard = await getExternalWorkflowHandle(workflowId)
      .signal(notificationsDueSignal)
      .then(
        () => true,
        () => false,
      );
    // It has ended in between: then another can be started.
    if (heard) return;
  }
}
