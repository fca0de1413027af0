/** Carries a wake-up to a tenant's loop. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { subscriptionsAreDue } from '../store/replica/subscriptions.ts';
import { nudgeSignal, tenantWorkflowId } from '../workflows/messages.ts';
import type { PendingSignal } from './debounce.ts';

const signalWithinMs = 10_000;

/** Never rejects: what is not carried through is logged, and the next cycle by the clock makes up for it. */
export function createTenantSignaller(database: Database, client: Client, log: Logger) {
  return async (tenant: string, { full, renew }: PendingSignal): Promise<void> => {
    try {
      if (renew.size > 0) await subscriptionsAreDue(database, tenant, [...renew], new Date());
      const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
      await client.withDeadline(Date.now() + signalWithinMs, () => handle.signal(nudgeSignal, { full }));
    } catch (error) {
      // What is left of a tenant that was stopped in a hurry; its subscriptions end by themselves.
      if (error instanceof WorkflowNotFoundError) return;
      const failure = error instanceof Error ? error.name : 'unknown';
      log.warn(
        { tenant, failure },
        'a notification could not wake its tenant; the next cycle comes by the clock',
      );
    }
  };
}
