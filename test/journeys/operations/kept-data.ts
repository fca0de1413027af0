/** Everything that Temporal keeps of a task queue: histories of workflows, and activities that stand alone. */
import type { Payload } from '@temporalio/common';
import type { EncryptionCodec } from '../../../encryption/payload-codec.ts';
import type { World } from '../../support/world.ts';

export interface KeptByTemporal {
  /** The id of the workflow or activity. */
  id: string;
  type: string;
  content: unknown;
}

/** Returns what Temporal keeps, payloads as they are stored. */
export async function keptByTemporal({ client, taskQueue }: World): Promise<KeptByTemporal[]> {
  const query = `TaskQueue = '${taskQueue}'`;
  const { workflowService } = client.connection;
  const kept: KeptByTemporal[] = [];
  for await (const { workflowId: id, runId, type, raw } of client.workflow.list({ query })) {
    const history = await client.workflow.getHandle(id, runId).fetchHistory();
    const execution = { workflowId: id, runId };
    const described = await workflowService.describeWorkflowExecution({ namespace: 'default', execution });
    kept.push({ id, type, content: [raw, history, described] });
  }
  const { executions } = await workflowService.listActivityExecutions({
    namespace: 'default',
    query,
    pageSize: 500,
  });
  for (const { activityId = null, runId = null, activityType } of executions) {
    const content = await workflowService.describeActivityExecution({
      ...{ namespace: 'default', activityId, runId },
      ...{ includeInput: true, includeOutcome: true },
    });
    kept.push({ id: String(activityId), type: String(activityType?.name), content });
  }
  return kept;
}

/** Returns the same with all payloads decoded. */
export async function decoded(value: unknown, codec: EncryptionCodec): Promise<unknown> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return await Promise.all(value.map((item) => decoded(item, codec)));
  if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) {
    const [payload] = await codec.decode([value as Payload]);
    return { metadata: payload?.metadata, data: payload?.data };
  }
  const entries = Object.entries(value).map(
    async ([name, item]) => [name, await decoded(item, codec)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Returns all strings in it, bytes as UTF-8, one on each line. */
export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.values(value).map(textOf).join('\n');
}
