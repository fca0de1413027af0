/** Orders of operators to a tenant's loop. The store keeps them, so that no loss of a workflow loses one. */
import type { OrderChannel, TenantControl } from '../../domain/contract/control.ts';
import { requestFullRead, storeOrder } from '../../store/control.ts';
import type { Services } from '../services.ts';

export interface RecordControlInput {
  tenant: string;
  kind: 'paused' | 'resumed' | 'stopped';
  /** Made once in the workflow, so that a second attempt is recorded once. */
  id: string;
  by: string | null;
  channel?: OrderChannel;
  reason: string;
}

export function createControlActivities({ database, now }: Services) {
  return {
    /** Stores an order and its entry in the journal. Returns what holds then. */
    async recordControl({ tenant, ...order }: RecordControlInput): Promise<TenantControl> {
      return await storeOrder(database, tenant, { ...order, at: now() });
    },

    /**
     * Has the next cycle read everything, and each later one until such a read was completed. Returns the number of the
     * last cycle before it.
     */
    async requestFullRead({ tenant }: { tenant: string }): Promise<number> {
      return await requestFullRead(database, tenant);
    },
  };
}
