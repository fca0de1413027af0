/**
 * Tells one channel of a tenant what it has not been told yet. There is one such workflow a channel at a time, so nothing is
 * told twice; whoever has news starts it, or signals the one that runs. It looks at the store for what there is to tell.
 */
import { setHandler } from '@temporalio/workflow';
import { storing, telling } from '../activity-proxies.ts';
import { causeOf } from '../failures.ts';
import { notificationsDueSignal } from '../messages.ts';

export interface NotifyChannelInput {
  tenant: string;
  /** Id of the channel, as the store notes it. */
  channel: string;
}

export async function notifyChannel({ tenant, channel }: NotifyChannelInput): Promise<void> {
  let news = true;
  setHandler(notificationsDueSignal, () => {
    news = true;
  });
  while (news) {
    news = false;
    try {
      await telling.sendNotifications({ tenant, channel });
    } catch (error) {
      // Tried for as long as it is of use; what was to be told is noted as untold, and the next news are tried afresh.
      const problem = causeOf(error)?.message ?? 'The channel did not answer in time.';
      await storing.recordUndelivered({ tenant, channel, problem });
    }
  }
}
