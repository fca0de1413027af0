/**
 * Tenants whose workflows wait on a task queue that no worker polls: a workflow keeps the queue that it was started on, so
 * a worker with another TIMELY_SYNC_TASK_QUEUE never serves it, and nothing else would say so.
 */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { pollersOf } from '../client/remote/task-queue-pollers.ts';

const lookWithinMs = 10_000;
const tenantsLookedAt = 1_000;

/** Logs a warning for each such queue. Never rejects: a server that does not say leaves nothing to warn of. */
export async function warnOfUnpolledQueues(client: Client, ownQueue: string, log: Logger): Promise<void> {
  try {
    const tenants = await client.withDeadline(Date.now() + lookWithinMs, () =>
      tenantsElsewhere(client, ownQueue),
    );
    for (const [queue, count] of tenants) {
      if ((await pollersOf(client, queue, lookWithinMs)).length > 0) continue;
      log.warn(
        { queue, tenants: count, ownQueue },
        'no worker polls the task queue on which these tenants were started: start one with TIMELY_SYNC_TASK_QUEUE set to it, or stop the tenants and start them again',
      );
    }
  } catch (error) {
    log.debug(
      { failure: error instanceof Error ? error.name : 'unknown' },
      'could not look at other task queues',
    );
  }
}

/** How many tenants have their workflow on each other queue. */
async function tenantsElsewhere(client: Client, ownQueue: string): Promise<Map<string, number>> {
  const query = `WorkflowType = 'tenantSync' AND ExecutionStatus = 'Running' AND TaskQueue != '${ownQueue.replaceAll("'", "''")}'`;
  const counts = new Map<string, number>();
  let seen = 0;
  for await (const { taskQueue } of client.workflow.list({ query })) {
    counts.set(taskQueue, (counts.get(taskQueue) ?? 0) + 1);
    seen += 1;
    if (seen >= tenantsLookedAt) break;
  }
  return counts;
}
