/** Tells people: whom there is something to tell, and one channel what it has not been told yet. */
import type { Services } from './services.ts';

export interface ChannelKey {
  tenant: string;
  channel: string;
}

export function createTellActivities(_services: Services) {
  return {
    /** Ids of the channels that have not been told everything. */
    async channelsWithNews(_key: { tenant: string }): Promise<string[]> {
      return [];
    },
    /** @throws PassingError, ThrottledError when it is worth trying again. */
    async tellChannel(_key: ChannelKey): Promise<void> {},
    /** Gives up what is to be told to a channel now. */
    async noteUntold(_key: ChannelKey & { problem: string }): Promise<void> {},
  };
}
