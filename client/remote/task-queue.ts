/**
 * The task queues that commands ask. A tenant's workflow keeps the queue that it was started on, so what concerns a tenant
 * goes there; `TIMELY_SYNC_TASK_QUEUE` is for everything else, and for new tenants.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { defaultTaskQueue, tenantWorkflowId } from '../../workflows/messages.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { within } from './connection.ts';
import { pollersOf } from './task-queue-pollers.ts';

const lookWithinMs = 3_000;
const namesShown = 3;
const tenantsLookedAt = 200;
const queuesLookedAt = 10;

/** The queue for new tenants, and for what concerns no tenant. */
export function taskQueue(): string {
  return process.env.TIMELY_SYNC_TASK_QUEUE || defaultTaskQueue;
}

/** The queue of a tenant's running workflow, else `taskQueue()`. */
export async function taskQueueOf(client: Client, tenant: string | null): Promise<string> {
  if (tenant === null) return taskQueue();
  try {
    const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
    const described = await within(client, lookWithinMs, () => handle.describe());
    return described.status.name === 'RUNNING' ? described.taskQueue : taskQueue();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return taskQueue();
    throw error;
  }
}

/** No worker took up what was asked, or not in time: exit code 69. */
export class SilentWorkerError extends CommandError {
  constructor(sentences: readonly string[], cause: unknown) {
    super(exitCodes.notReachable, sentences.join(' '), cause);
  }
}

/** What can be said of a silent queue without asking the server. */
export const silentWorker = (queue: string, cause: unknown): SilentWorkerError =>
  new SilentWorkerError([`No worker answered on the task queue ${queue}: ${startOne}`], cause);

/** Says which queue was asked, who polls it, and what to set. */
export async function silenceOn(client: Client, queue: string, cause: unknown): Promise<SilentWorkerError> {
  const [pollers, polled] = await Promise.all([knownPollersOf(client, queue), polledQueues(client)]);
  if (pollers === null) return silentWorker(queue, cause);
  const asked = `No worker answered on the task queue ${queue}`;
  const others = polled.filter((name) => name !== queue);
  if (pollers.length > 0) {
    const named = pollers.slice(0, namesShown).join(', ');
    return new SilentWorkerError([`${asked} in time, though ${named} polls it: ${tryAgain}`], cause);
  }
  if (others.length === 0)
    return new SilentWorkerError([`${asked}, and no worker polls it: ${startOne}`], cause);
  const [other = ''] = others;
  return new SilentWorkerError(
    [
      `${asked}, and no worker polls it.`,
      `Workers of this namespace poll ${others.slice(0, namesShown).join(', ')}.`,
      queue === taskQueue()
        ? `Set TIMELY_SYNC_TASK_QUEUE=${other} for this command, or start a worker with TIMELY_SYNC_TASK_QUEUE=${queue}.`
        : `The tenant's workflow was started on ${queue}: start a worker with TIMELY_SYNC_TASK_QUEUE=${queue}, or stop the tenant and start it again.`,
    ],
    cause,
  );
}

const startOne = 'see that Temporal and a worker (`timely-sync worker`) run, then try again.';
const tryAgain = 'see its log, then try again.';

/** Null when the server does not say. */
const knownPollersOf = (client: Client, queue: string): Promise<string[] | null> =>
  pollersOf(client, queue, lookWithinMs).catch(() => null);

/** Queues that workers poll, of those on which tenants run; the default one among them. */
async function polledQueues(client: Client): Promise<string[]> {
  const query = "WorkflowType = 'tenantSync' AND ExecutionStatus = 'Running'";
  const queues = new Set([defaultTaskQueue]);
  try {
    await within(client, lookWithinMs, async () => {
      let seen = 0;
      for await (const { taskQueue: queue } of client.workflow.list({ query })) {
        queues.add(queue);
        seen += 1;
        if (seen === tenantsLookedAt || queues.size === queuesLookedAt) break;
      }
    });
  } catch {
    // What was found so far helps as well.
  }
  const pollers = await Promise.all([...queues].map((queue) => knownPollersOf(client, queue)));
  return [...queues].filter((_, index) => (pollers[index] ?? []).length > 0);
}
