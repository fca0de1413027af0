/** Approvals: a list, one in full, and a decision about one. */
import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import type { ApprovalDetail, ApprovalSummary, ReopenedRequest } from '../../domain/contract/report.ts';
import {
  approvalWorkflowId,
  type DecideInput,
  type DecideResult,
  decideUpdate,
  nudgeSignal,
  parseApprovalId,
  tenantWorkflowId,
} from '../../workflows/messages.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';
import { answerWithinMs, within } from './connection.ts';
import { type ApprovalPage, everyItem, queryWorker } from './query.ts';
import { taskQueueOf } from './task-queue.ts';
import { loopStatus } from './tenant-status.ts';

type ApprovalName = NonNullable<ReturnType<typeof parseApprovalId>>;

const decideResult: z.ZodType<DecideResult> = z.object({
  outcome: z.string(),
  decided: z.number(),
  undecided: z.number(),
});

/** Approvals of a tenant, or of all tenants with null: open ones, or ended ones as well. */
export function listApprovals(
  client: Client,
  tenant: string | null,
  { open }: { open: boolean },
): Promise<ApprovalSummary[]> {
  return everyItem<ApprovalSummary>((after) =>
    queryWorker(client, { about: 'approvals', tenant, open, after }),
  );
}

/**
 * One approval with all its changes, or with the first `limit` of them: it may have very many.
 * @throws CommandError: 2 when `id` is not the id of an approval, 1 when there is none of that id
 */
export async function approvalDetail(
  client: Client,
  id: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<ApprovalDetail> {
  const name = requireApprovalId(id);
  const first = await approvalPage(client, name, 0);
  const lines = await everyItem(
    async (after) => (after === 0 ? first.lines : (await approvalPage(client, name, after)).lines),
    limit,
  );
  return { ...first, lines };
}

/**
 * Decides an approval by the Update `decide`, and starts its workflow again where that is gone.
 * @throws CommandError when the id makes no sense (2) or the approval has ended (1); WorkflowUpdateFailedError when the
 * approval refuses the decision
 */
export async function decide(client: Client, id: string, input: DecideInput): Promise<DecideResult> {
  const name = requireApprovalId(id);
  // What has a proof was answered on a page.
  const args: [DecideInput] = [input.proof === undefined ? { ...input, channel: 'command' } : input];
  const handle = client.workflow.getHandle(approvalWorkflowId(name.tenant, name.approval));
  try {
    const run = () => handle.executeUpdate(decideUpdate, { args });
    return decideResult.parse(await within(client, answerWithinMs, run));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const { state } = await approvalPage(client, name, 0);
    if (state !== 'open')
      throw new CommandError(exitCodes.failed, `${id} has ended: ${state}. Nothing was changed.`, error);
    const queue = await taskQueueOf(client, name.tenant);
    return decideResult.parse(
      await within(client, answerWithinMs, () => startAndDecide(client, queue, name, args)),
    );
  }
}

/** The request is open, and its workflow was cancelled, ended or lost: the answer starts it again. */
function startAndDecide(
  client: Client,
  queue: string,
  { tenant, approval }: ApprovalName,
  args: [DecideInput],
) {
  const startWorkflowOperation = new WithStartWorkflowOperation('approval', {
    workflowId: approvalWorkflowId(tenant, approval),
    taskQueue: queue,
    args: [{ tenant, approval }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    priority: { fairnessKey: tenant },
  });
  return client.workflow.executeUpdateWithStart(decideUpdate, { args, startWorkflowOperation });
}

async function approvalPage(
  client: Client,
  { tenant, approval }: ApprovalName,
  after: number,
): Promise<ApprovalPage> {
  const page = await queryWorker(client, { about: 'approval', tenant, approval, after });
  if (page) return page;
  const message = `There is no approval ${tenant}/${approval}: \`timely-sync approvals list\` shows them.`;
  throw new CommandError(exitCodes.failed, message);
}

/**
 * Has the next cycle ask again about an ended approval, and wakes the tenant's loop. `isAwake`: a cycle comes at once.
 * @throws CommandError when `id` is not the id of an approval (2)
 */
export async function reopen(
  client: Client,
  id: string,
  { by, note }: { by: string; note: string },
): Promise<ReopenedRequest & { isAwake: boolean }> {
  const name = requireApprovalId(id);
  const reopened = await queryWorker(client, { about: 'reopen', ...name, by, note });
  const status = await loopStatus(client, name.tenant);
  const isAwake = typeof status === 'object' && !status.paused;
  if (isAwake) {
    const handle = client.workflow.getHandle(tenantWorkflowId(name.tenant));
    await within(client, answerWithinMs, () => handle.signal(nudgeSignal, {}));
  }
  return { ...reopened, isAwake };
}

/** Reads the id of an approval. @throws CommandError (2) for any other text */
export function requireApprovalId(id: string): ApprovalName {
  const name = parseApprovalId(id);
  if (name) return name;
  throw usageError(`"${id}" is not the id of an approval: one looks like contoso/3.`);
}
