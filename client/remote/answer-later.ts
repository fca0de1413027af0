/**
 * What a worker takes minutes for, asked for by a name: whoever asks again by it, from any process with the same key, gets the
 * same answer. Temporal keeps it, so no process has to wait, and none has to remember.
 */
import { type Client, isGrpcCancelledError, isGrpcDeadlineError } from '@temporalio/client';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { ResultKey } from '../../encryption/result-key.ts';
import { answerWithinMs, within } from './connection.ts';
import { beginTask, type NamedTask } from './on-worker.ts';
import { taskQueueOf } from './task-queue.ts';

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
 * Begins the task unless it has begun, and waits for its answer a while. `task.key`: the same each time. Null: the answer is
 * still on its way.
 * @throws as `onWorker`
 */
export async function answerSoFar(
  client: Client,
  task: NamedTask,
  waitMs: number,
): Promise<{ answer: unknown } | null> {
  const taskQueue = await taskQueueOf(client, task.tenant);
  const begun = await within(client, answerWithinMs, () => beginTask(client, task, taskQueue));
  try {
    return { answer: task.key.open(await within(client, waitMs, () => begun.result())) };
  } catch (error) {
    if (isGrpcDeadlineError(error) || isGrpcCancelledError(error)) return null;
    throw error;
  }
}
