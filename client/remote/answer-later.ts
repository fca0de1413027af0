/**
 * What a worker takes minutes for, asked for by a name: whoever asks again by it, from any process with the same key, gets the
 * same answer. Temporal keeps it, so no process has to wait, and none has to remember.
 */
import {
  ActivityExecutionAlreadyStartedError,
  type Client,
  isGrpcCancelledError,
  isGrpcDeadlineError,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { ResultKey } from '../../encryption/result-key.ts';
import { serverLacksMethod } from '../explain-error.ts';
import { answerWithinMs, within } from './connection.ts';
import type { WorkerTask } from './on-worker.ts';
import { taskQueueOf } from './task-queue.ts';

/** `id`: the whole id, which names the answer. `key`: the same each time. */
export interface LaterTask extends WorkerTask {
  key: ResultKey;
}

/** A question about a tenant file, by the name of its answer. */
export interface SoFar {
  file: TenantFile;
  /** Random, and the same each time. */
  id: string;
  key: ResultKey;
  /** How long to wait this time. */
  waitMs: number;
}

/**
 * Begins the task unless it has begun, and waits for its answer a while. Null: it is still on its way.
 * @throws as `onWorker`
 */
export async function answerSoFar(
  client: Client,
  task: LaterTask,
  waitMs: number,
): Promise<{ answer: unknown } | null> {
  const taskQueue = await taskQueueOf(client, task.tenant);
  const begun = await within(client, answerWithinMs, () =>
    beginActivity(client, task, taskQueue).catch((error: unknown) => {
      if (!serverLacksMethod(error)) throw error;
      return beginWorkflow(client, task, taskQueue);
    }),
  );
  try {
    return { answer: task.key.open(await within(client, waitMs, () => begun.result())) };
  } catch (error) {
    if (isGrpcDeadlineError(error) || isGrpcCancelledError(error)) return null;
    throw error;
  }
}

interface Begun {
  result(): Promise<unknown>;
}

const inputOf = ({ input, key }: LaterTask) => ({ ...input, resultKey: key.publicKey });

async function beginActivity(client: Client, task: LaterTask, taskQueue: string): Promise<Begun> {
  const { activity, id, title, limitMs, heartbeatMs = 10_000 } = task;
  try {
    return await client.activity.start(activity, {
      ...{ id, taskQueue, args: [inputOf(task)] },
      summary: title,
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

/** For Temporal servers before 1.32, as in `onWorker`. Goes with workflows/compat/, on 2027-06-30. */
async function beginWorkflow(client: Client, task: LaterTask, taskQueue: string): Promise<Begun> {
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
