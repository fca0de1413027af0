/** Sends the signal of a burst of notifications to the tenant's loop. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { subscriptionsAreDue } from '../store/replica/subscriptions.ts';
import { nudgeSignal, tenantWorkflowId } from '../workflows/messages.ts';
import type { PendingSignal } from './debounce.ts';

const signalWithinMs = 10_000;

/** The function never rejects: it logs a failure, and the next scheduled cycle makes up for it. */
export function createTenantSignaller(database: Database, client: Client, log: Logger) {
  return async (tenant: string, { full, renew }: PendingSignal): Promise<void> => {
    try {
      if (renew.size > 0) await subscriptionsAreDue(database, tenant, [...renew], new Date());
      const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
      await client.withDeadline(Date.now() + signalWithinMs, () => handle.signal(nudgeSignal, { full }));
    } catch (error) {
      // A stopped tenant whose subscriptions are left: they expire by themselves.
      if (error instanceof WorkflowNotFoundError) return;
      const failure = error instanceof Error ? error.name : 'unknown';
      log.warn({ tenant, failure }, 'could not signal a tenant; its next scheduled cycle reads the change');
    }
  };
}
