/** What a command or a page has a worker do: one activity, so that neither needs the database or a secret. */
import { randomUUID } from 'node:crypto';
import {
  ActivityExecutionAlreadyStartedError,
  type Client,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import { createResultKey, type ResultKey } from '../../encryption/result-key.ts';
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
  const named = { ...task, id: `${task.id}/${randomUUID()}`, key: createResultKey() };
  const taskQueue = await taskQueueOf(client, task.tenant);
  try {
    const result = await within(client, task.limitMs, async () =>
      (await beginTask(client, named, taskQueue)).result(),
    );
    return named.key.open(result);
  } catch (error) {
    throw workerIsSilent(error) ? await silenceOn(client, taskQueue, error) : error;
  }
}

/** `id`: the whole id, which names the result. `key`: opens it. */
export interface NamedTask extends WorkerTask {
  key: ResultKey;
}

interface BegunTask {
  result(): Promise<unknown>;
}

/** Begins a task, or goes on with the one of that id. @throws the Temporal client's errors */
export async function beginTask(client: Client, task: NamedTask, taskQueue: string): Promise<BegunTask> {
  try {
    return await beginActivity(client, task, taskQueue);
  } catch (error) {
    if (!serverLacksMethod(error)) throw error;
    return await beginWorkflow(client, task, taskQueue);
  }
}

const inputOf = ({ input, key }: NamedTask) => ({ ...input, resultKey: key.publicKey });

/** A standalone activity: no workflow that would stand among those of the tenants in Temporal's UI. */
async function beginActivity(client: Client, task: NamedTask, taskQueue: string): Promise<BegunTask> {
  const { activity, id, title, limitMs, heartbeatMs = 10_000 } = task;
  try {
    return await client.activity.start(activity, {
      ...{ id, taskQueue, args: [inputOf(task)] },
      summary: title,
      // A task that no worker took up must not run after its command has ended.
      scheduleToCloseTimeout: limitMs,
      heartbeatTimeout: heartbeatMs,
      retry: { maximumAttempts: 3 },
      idConflictPolicy: 'USE_EXISTING',
      idReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (error instanceof ActivityExecutionAlreadyStartedError) return client.activity.getHandle(id);
    throw error;
  }
}

/** For Temporal servers before 1.32, which have no standalone activities. Goes with workflows/compat/, on 2027-06-30. */
async function beginWorkflow(client: Client, task: NamedTask, taskQueue: string): Promise<BegunTask> {
  const { workflow, id, title, limitMs } = task;
  try {
    return await client.workflow.start(workflow, {
      ...{ workflowId: id, taskQueue, args: [inputOf(task)] },
      staticSummary: title,
      workflowExecutionTimeout: limitMs,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return client.workflow.getHandle(id);
    throw error;
  }
}
