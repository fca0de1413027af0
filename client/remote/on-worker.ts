/** What a command has a worker do: one activity, so that no command needs the database or a secret. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { createResultKey } from '../../encryption/result-key.ts';
import { serverLacksMethod, workerIsSilent } from '../explain-error.ts';
import { within } from './connection.ts';
import { silenceOn, taskQueueOf } from './task-queue.ts';

/** One activity, and the small workflow that runs it where the server knows no activities that stand alone. */
export interface WorkerTask {
  activity: string;
  workflow: string;
  /** What stands before the random part of its id in Temporal's UI. */
  id: string;
  /** What Temporal's UI shows of it. It names no person. */
  title: string;
  input: object;
  /** Whose worker does it; null for any. */
  tenant: string | null;
  /** How long to wait in all. */
  limitMs: number;
  /** A worker that is busy with arithmetic may be silent longer than the 10 seconds unless given. */
  heartbeatMs?: number;
}

/**
 * Runs a task and returns its result, unchecked. The worker encrypts it for this command alone, as Temporal keeps results.
 * @throws ApplicationFailure when the worker refuses; the Temporal client's errors, among them a time-out when no worker takes it up in time
 */
export async function onWorker(client: Client, task: WorkerTask): Promise<unknown> {
  const key = createResultKey();
  const taskQueue = await taskQueueOf(client, task.tenant);
  const withKey = { ...task, taskQueue, input: { ...task.input, resultKey: key.publicKey } };
  try {
    const result = await within(client, task.limitMs, () =>
      asActivity(client, withKey).catch((error: unknown) => {
        if (!serverLacksMethod(error)) throw error;
        return asWorkflow(client, withKey);
      }),
    );
    return key.open(result);
  } catch (error) {
    throw workerIsSilent(error) ? await silenceOn(client, taskQueue, error) : error;
  }
}

type QueuedTask = WorkerTask & { taskQueue: string };

/** A standalone activity: no workflow that would stand among those of the tenants in Temporal's UI. */
function asActivity(
  client: Client,
  { activity, id, title, taskQueue, input, limitMs, heartbeatMs }: QueuedTask,
): Promise<unknown> {
  return client.activity.execute(activity, {
    id: `${id}/${randomUUID()}`,
    summary: title,
    taskQueue,
    args: [input],
    // A task that no worker took up must not run after its command has ended.
    scheduleToCloseTimeout: limitMs,
    heartbeatTimeout: heartbeatMs ?? 10_000,
    retry: { maximumAttempts: 3 },
  });
}

/** For Temporal servers before 1.32, which have no standalone activities. Goes with workflows/compat/, on 2027-06-30. */
function asWorkflow(
  client: Client,
  { workflow, id, title, taskQueue, input, limitMs }: QueuedTask,
): Promise<unknown> {
  return client.workflow.execute(workflow, {
    workflowId: `${id}/${randomUUID()}`,
    staticSummary: title,
    taskQueue,
    args: [input],
    workflowExecutionTimeout: limitMs,
  });
}
