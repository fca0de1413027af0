/** Has a tenant's loop see to one person now, and shows its progress. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowUpdateStage,
} from '@temporalio/client';
import { z } from 'zod';
import {
  type ProvisionReport,
  type ProvisionStep,
  provisionStages,
} from '../../domain/contract/provision.ts';
import { selfEndingHolds } from '../../domain/plan/change.ts';
import {
  type ProvisionInput,
  provisionQuery,
  provisionUpdate,
  provisionWorkflowId,
  tenantWorkflowId,
} from '../../workflows/messages.ts';
import { CommandError, type ExitCode, exitCodeOfChanges, exitCodes } from '../exit-codes.ts';
import { table } from '../render/output.ts';
import { progressLine } from '../render/progress.ts';
import { changeTableRow, cycleErrorText } from '../render/words/change-words.ts';
import { line } from '../schemas/plan-line-schemas.ts';
import { cycleErrorSchema } from '../schemas/report-schemas.ts';
import { answerWithinMs, within } from './connection.ts';
import { queryWorker } from './query.ts';
import { runningStatus } from './tenant-status.ts';

/** A cycle that runs is waited for; one of a large tenant takes its time. */
const provisionWithinMs = 900_000;
const pollMs = 250;
/** The cycle that follows at once opens approvals for held changes. */
const approvalWithinMs = 15_000;

/**
 * Waits for the loop's turn and for the end.
 * @throws CommandError when the loop does not run, or is paused (1); the Temporal client's errors, among them the worker's refusal of an
 * unknown person, or of a text that means several people
 */
export async function provision(
  client: Client,
  { tenant, person, id, evenIfPaused }: Required<ProvisionInput> & { tenant: string },
  onProgress: ((text: string) => void) | null,
): Promise<ProvisionReport> {
  await runningStatus(client, tenant);
  const loop = client.workflow.getHandle(tenantWorkflowId(tenant));
  const update = await within(client, answerWithinMs, () =>
    loop.startUpdate(provisionUpdate, {
      args: [{ person, id, evenIfPaused }],
      updateId: id,
      waitForStage: WorkflowUpdateStage.ACCEPTED,
    }),
  );
  const ended = within(client, provisionWithinMs, () => update.result()).catch((error: unknown) => {
    throw error instanceof WorkflowUpdateRPCTimeoutOrCancelledError
      ? stillWaits(tenant, person, error)
      : error;
  });
  if (onProgress) await tellProgress(client, { tenant, id }, ended, onProgress);
  const report = provisionReport.parse(await ended);
  return { ...report, steps: await withApprovals(client, report) };
}

/** The loop has accepted the Update, and carries it out although this command ends. */
const stillWaits = (tenant: string, person: string, cause: Error) =>
  new CommandError(
    exitCodes.failed,
    `${tenant} is still busy with its cycle, and sees to ${person} afterwards: \`timely-sync why ${tenant} ${person}\` shows the result.`,
    cause,
  );

async function tellProgress(
  client: Client,
  { tenant, id }: { tenant: string; id: string },
  ended: Promise<unknown>,
  onProgress: (text: string) => void,
): Promise<void> {
  let hasEnded = false;
  const end = ended.then(
    () => undefined,
    () => undefined,
  );
  void end.then(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    const text = await stageOf(client, tenant, id).catch(() => null);
    if (text !== null) onProgress(text);
    await Promise.race([end, sleep(pollMs)]);
  }
}

/** What its own workflow says; before there is one, which cycle it waits for. */
async function stageOf(client: Client, tenant: string, id: string): Promise<string> {
  const child = client.workflow.getHandle(provisionWorkflowId(tenant, id));
  const report = await child.query(provisionQuery).catch(() => null);
  if (report) return `${tenant}: ${report.person?.name ?? ''} ${report.stage}`;
  return `waits for the cycle that runs; ${progressLine(await runningStatus(client, tenant))}`;
}

/** Fills in the approvals that the next cycle opens. */
async function withApprovals(
  client: Client,
  { tenant, person, steps }: ProvisionReport,
): Promise<ProvisionStep[]> {
  const giveUpAt = Date.now() + approvalWithinMs;
  let asked = steps;
  while (person && asked.some((step) => needsApproval(step) && !step.request) && Date.now() < giveUpAt) {
    await sleep(pollMs);
    const answer = await queryWorker(client, { about: 'why', tenant, subject: person.id });
    const waiting = answer?.kind === 'person' ? answer.waiting : [];
    asked = steps.map((step) => {
      // With `privacy.labels: ids` the steps about the person name them by object id.
      const same = waiting.find(
        ({ change, subject }) =>
          change === step.change && (subject === step.subject || step.subject === person.id),
      );
      return step.request ? step : { ...step, request: same?.request ?? null };
    });
  }
  return asked;
}

const needsApproval = ({ status, hold }: ProvisionStep) =>
  status === 'held' && hold !== null && !selfEndingHolds.includes(hold.rule);

/** As a cycle ends: 1 before 4 before 3 before 0. */
export function exitCodeOfProvision({ cycleError, doubt, steps }: ProvisionReport): ExitCode {
  if (cycleError !== null || doubt !== null) return exitCodes.failed;
  const count = (wanted: ProvisionStep['status']) => steps.filter(({ status }) => status === wanted).length;
  return exitCodeOfChanges({ held: count('held'), failed: count('failed') });
}

export function provisionText(report: ProvisionReport, columns: number): string {
  const { tenant, person, verdict, steps, doubt, cycleError, cycle } = report;
  const rows = steps.map((step): string[] => {
    const [what, who, why] = changeTableRow(step);
    return [what, who, step.request ? `${why} Next: timely-sync approvals show ${step.request}` : why];
  });
  const scope = verdict ? `${verdict.inScope ? 'in scope' : 'not in scope'}: ${verdict.reason}` : '';
  return [
    `${tenant}: ${person ? `${person.name} <${person.email ?? 'no address'}>, ${scope}` : 'no person was seen to'}`,
    ...(rows.length > 0 ? [table(['what', 'who', 'why'], rows, columns)] : []),
    ...(doubt === null ? [] : [doubt]),
    ...(cycleError === null ? [] : [cycleErrorText(cycleError)]),
    ...(rows.length === 0 && !doubt && !cycleError ? ['Nothing was to do.'] : []),
    `It is cycle ${cycle} of the journal.`,
  ].join('\n');
}

export const provisionReport: z.ZodType<ProvisionReport> = z.object({
  tenant: z.string(),
  stage: z.enum(provisionStages),
  cycle: z.number(),
  person: z.object({ id: z.string(), name: z.string(), email: z.string().nullable() }).nullable(),
  verdict: z.object({ inScope: z.boolean(), reason: z.string() }).nullable(),
  steps: z.array(line.extend({ request: z.string().nullable() })),
  doubt: z.string().nullable(),
  cycleError: cycleErrorSchema.nullable(),
});
