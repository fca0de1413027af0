/** Sends the signal of a burst of notifications to the tenant's loop. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import { isAtRest } from '../../domain/contract/control.ts';
import { controlOf, requestFullRead } from '../../store/control.ts';
import type { Database } from '../../store/database.ts';
import { subscriptionsAreDue } from '../../store/replica/subscriptions.ts';
import { nudgeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import type { PendingSignal } from './debounce.ts';

const signalWithinMs = 10_000;

/**
 * The function never rejects: it logs a failure, and the next scheduled cycle makes up for it. Paused and stopped tenants get
 * no signal: each would stay in the history of a loop that may wait for months.
 */
export function createTenantSignaller(database: Database, client: Client, log: Logger) {
  return async (tenant: string, { full, renew }: PendingSignal): Promise<void> => {
    try {
      if (renew.size > 0) await subscriptionsAreDue(database, tenant, [...renew], new Date());
      if (full) await requestFullRead(database, tenant);
      if (isAtRest(await controlOf(database, tenant))) return;
      const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
      await client.withDeadline(Date.now() + signalWithinMs, () => handle.signal(nudgeSignal, {}));
    } catch (error) {
      // A stopped tenant whose subscriptions are left: they expire by themselves.
      if (error instanceof WorkflowNotFoundError) return;
      const failure = error instanceof Error ? error.name : 'unknown';
      log.warn({ tenant, failure }, 'could not signal a tenant; its next scheduled cycle reads the change');
    }
  };
}
