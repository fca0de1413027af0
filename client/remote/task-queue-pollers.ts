import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** A worker polls again at least once a minute; the server lists it for some minutes longer. */
const goneAfterMs = 90_000;

/** Who polls a task queue for workflows. @throws the Temporal client's errors when the server does not say in time */
export async function pollersOf(client: Client, name: string, withinMs: number): Promise<string[]> {
  const { pollers } = await client.withDeadline(Date.now() + withinMs, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name },
      taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    }),
  );
  const seenSince = Date.now() - goneAfterMs;
  return (pollers ?? [])
    .filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 > seenSince)
    .map(({ identity }) => identity || 'a worker');
}
