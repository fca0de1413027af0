/** Why a workflow does not go on: its worker or the server refuses what it does, again and again. */
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { oneLine } from '../../domain/shown-text.ts';
import { oneTryMs, within } from './connection.ts';

/** What failed, since when, and what to do. */
export interface StuckWorkflow {
  since: string;
  /** In Temporal's words: `BAD_SEARCH_ATTRIBUTES`. */
  cause: string;
  message: string;
  remedy: string;
}

const { EventType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** Newest events that are looked at: after a failed task there are only messages that wait. */
const eventsMax = 50;
const causePrefix = 'WORKFLOW_TASK_FAILED_CAUSE_';

/** Causes that are part of normal work. */
const harmless = [
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FAILOVER_CLOSE_COMMAND,
];

const remedies: Record<string, string> = {
  BAD_SEARCH_ATTRIBUTES:
    'Register the search attributes in the namespace: deploy/temporal-namespace.sh does. The workflow then goes on by itself.',
  NON_DETERMINISTIC_ERROR:
    'The release of the worker does not fit the history: start the release before it, or a later one that mends this. The workflow then goes on by itself.',
};
const otherRemedy =
  "The worker's log has more (`workflow task`). A limit of the server has to be raised, or a release has to mend a defect; the workflow then goes on by itself. `terminate` and `timely-sync start` begin afresh from the store.";

/** Null while the workflow goes on, has ended, or is not there. */
export async function stuckWorkflow(client: Client, workflowId: string): Promise<StuckWorkflow | null> {
  const { namespace } = client.options;
  const request = { namespace, execution: { workflowId }, maximumPageSize: eventsMax };
  const { history } = await within(client, oneTryMs, () =>
    client.workflowService.getWorkflowExecutionHistoryReverse(request),
  ).catch(() => ({ history: null }));
  for (const { eventType, eventTime, workflowTaskFailedEventAttributes: failed } of history?.events ?? []) {
    if (eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) return null;
    if (!failed || harmless.some((cause) => cause === failed.cause)) continue;
    const name = WorkflowTaskFailedCause[failed.cause ?? 0] ?? '';
    const cause = name.replace(causePrefix, '');
    return {
      since: new Date(Number(eventTime?.seconds ?? 0) * 1_000).toISOString(),
      cause,
      message: oneLine(failed.failure?.message ?? ''),
      remedy: remedies[cause] ?? otherRemedy,
    };
  }
  return null;
}
