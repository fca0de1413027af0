/**
 * Sends the notifications of one channel of a tenant. One such workflow runs a channel, so that no notification is sent
 * twice. A workflow that has notifications starts it, or signals the running one. It reads from the store what is due.
 */
import { isCancellation, setHandler } from '@temporalio/workflow';
import { recordUndelivered, sendNotifications } from '../activity-proxies.ts';
import { causeOf } from '../failures.ts';
import { notificationsDueSignal } from '../messages.ts';

export interface NotifyChannelInput {
  tenant: string;
  /** Id of the channel in the store. */
  channel: string;
}

export async function notifyChannel({ tenant, channel }: NotifyChannelInput): Promise<void> {
  let isDue = true;
  setHandler(notificationsDueSignal, () => {
    isDue = true;
  });
  while (isDue) {
    isDue = false;
    try {
      await sendNotifications({ tenant, channel });
    } catch (error) {
      // What is due stays due: the next cycle starts another notifier.
      if (isCancellation(error)) throw error;
      // The retries are used up. The store records what was not delivered, and later notifications start with fresh ones.
      const problem = causeOf(error)?.message ?? 'The channel did not answer in time.';
      await recordUndelivered({ tenant, channel, problem });
    }
  }
}
