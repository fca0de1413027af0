import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Query } from '../../domain/contract/query.ts';
import { createResultKey } from '../../encryption/result-key.ts';

/** Runs a query as the command does, on a task queue of a test. */
export async function ask<Answer = { items: unknown[] }>(
  client: Client,
  taskQueue: string,
  query: Query,
): Promise<Answer> {
  const key = createResultKey();
  const result = await client.workflow.execute('query', {
    workflowId: `query/${randomUUID()}`,
    taskQueue,
    args: [{ ...query, resultKey: key.publicKey }],
  });
  return key.open(result) as Answer;
}
