/** Requests for approval: which there are, one in full, and an answer to one. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import type { ApprovalDetail, ApprovalSummary } from '../../domain/contract/report.ts';
import {
  approvalWorkflowId,
  type DecideInput,
  type DecideResult,
  decideUpdate,
  parseApprovalId,
} from '../../workflows/messages.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';
import { answerWithinMs, within } from './connection.ts';
import { type ApprovalPage, everyItem, queryWorker } from './query.ts';

type ApprovalName = NonNullable<ReturnType<typeof parseApprovalId>>;

const decideResult: z.ZodType<DecideResult> = z.object({
  outcome: z.string(),
  decided: z.number(),
  undecided: z.number(),
});

/** Requests of a tenant, or of all tenants with null: those that wait for an answer, or ended ones as well. */
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
 * One request with all its changes, or with the first `limit` of them: it may have very many.
 * @throws CommandError: 2 when `id` is not the id of a request, 1 when there is none of that id
 */
export async function approvalDetail(
  client: Client,
  id: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<ApprovalDetail> {
  const name = readApprovalId(id);
  const first = await approvalPage(client, name, 0);
  const lines = await everyItem(
    async (after) => (after === 0 ? first.lines : (await approvalPage(client, name, after)).lines),
    limit,
  );
  return { ...first, lines };
}

/**
 * Answers a request by the Update `decide`.
 * @throws CommandError when the id makes no sense (2) or the request has ended (1); WorkflowUpdateFailedError when the
 * request refuses the answer
 */
export async function decide(client: Client, id: string, input: DecideInput): Promise<DecideResult> {
  const name = readApprovalId(id);
  const handle = client.workflow.getHandle(approvalWorkflowId(name.tenant, name.approval));
  try {
    const run = () => handle.executeUpdate(decideUpdate, { args: [{ ...input, channel: 'command' }] });
    return decideResult.parse(await within(client, answerWithinMs, run));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const { state } = await approvalPage(client, name, 0);
    throw new CommandError(exitCodes.failed, `${id} has ended: ${state}. Nothing was changed.`, error);
  }
}

async function approvalPage(
  client: Client,
  { tenant, approval }: ApprovalName,
  after: number,
): Promise<ApprovalPage> {
  const page = await queryWorker(client, { about: 'approval', tenant, approval, after });
  if (page) return page;
  const message = `There is no request ${tenant}/${approval}: \`timely-sync approvals list\` shows them.`;
  throw new CommandError(exitCodes.failed, message);
}

function readApprovalId(id: string): ApprovalName {
  const name = parseApprovalId(id);
  if (name) return name;
  throw usageError(`"${id}" is not the id of a request: it looks like contoso/3.`);
}
