/**
 * Workflows that activities start or wake: one for each request, one for each channel. They are started by this client and
 * not as children, because a server limits the children of a workflow (2,000 unless configured), and refuses all that the
 * workflow does once it has more (docs/reference/temporal.md section 1.3).
 */
import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import pLimit from 'p-limit';
import type { Services, StartedWorkflows } from '../activities/services.ts';
import {
  approvalWorkflowId,
  notificationsDueSignal,
  notifyChannelWorkflowId,
  refreshSignal,
  searchAttributes,
} from '../workflows/messages.ts';

/** gRPC's number (grpc.github.io/grpc/core, status codes). */
const invalidArgument = 3;
/** Calls to Temporal that are on their way at once. */
const callsMax = 20;

export function createStartedWorkflows(
  client: Client,
  taskQueue: string,
  searchAttributesState: Services['searchAttributes'],
): StartedWorkflows {
  const { workflow } = client;
  const limit = pLimit(callsMax);

  const refresh = async (workflowId: string): Promise<void> => {
    await workflow.getHandle(workflowId).signal(refreshSignal).catch(ignoreEnded);
  };

  return {
    async startApprovals(tenant, requests) {
      const { missing } = await searchAttributesState();
      await limit.map(requests, async ({ number, rule, title, tags }) => {
        const workflowId = approvalWorkflowId(tenant, number);
        const args = [{ tenant, approval: number }];
        const priority = { fairnessKey: tenant };
        const options = { workflowId, taskQueue, args, staticSummary: title, priority };
        const typedSearchAttributes = [
          { key: searchAttributes.rule, value: rule },
          { key: searchAttributes.subjects, value: tags },
        ].filter(({ key }) => !missing.includes(key.name));
        try {
          await workflow.start('approval', { ...options, typedSearchAttributes }).catch((error: unknown) => {
            if (!isRefused(error)) throw error;
            return workflow.start('approval', options);
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          await refresh(workflowId);
        }
      });
    },

    async refreshApprovals(tenant, numbers) {
      await limit.map(numbers, (number) => refresh(approvalWorkflowId(tenant, number)));
    },

    async approvalsNotRunning(tenant, numbers) {
      const prefix = approvalWorkflowId(tenant, 0).slice(0, -1);
      const query = `WorkflowType = 'approval' AND ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH '${prefix}'`;
      const { count } = await workflow.count(query);
      if (count >= numbers.length) return [];
      // The list of workflows is behind for a moment, so each one is asked for.
      const found = await limit.map(numbers, async (number) =>
        (await isRunning(client, approvalWorkflowId(tenant, number))) ? [] : [number],
      );
      return found.flat();
    },

    async notifyChannels(tenant, channels) {
      await limit.map(channels, (channel) =>
        workflow.signalWithStart('notifyChannel', {
          workflowId: notifyChannelWorkflowId(tenant, channel),
          taskQueue,
          args: [{ tenant, channel }],
          staticSummary: `Sends notifications of ${tenant} to ${channel}`,
          signal: notificationsDueSignal,
          priority: { fairnessKey: tenant },
        }),
      );
    },
  };
}

/** A namespace that has lost a search attribute refuses it: the approval is started without any. */
const isRefused = (error: unknown) =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && error.cause.code === invalidArgument;

async function isRunning({ workflow }: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW';
  } catch (error) {
    ignoreEnded(error);
    return false;
  }
}

function ignoreEnded(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
