/** Where a tenant's loop stands, asked of the loop itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { z } from 'zod';
import { healthStates } from '../../domain/contract/report.ts';
import { type Stage, statusQuery, type TenantStatus, tenantWorkflowId } from '../../workflows/messages.ts';
import { CommandError, exitCodes, UnknownTenantError } from '../exit-codes.ts';
import { temporalIsAway, workerIsSilent } from '../explain-error.ts';
import { cycleErrorSchema } from '../schemas/report-schemas.ts';
import { answerWithinMs, oneTryMs, within } from './connection.ts';
import { silenceOn, taskQueueOf } from './task-queue.ts';

const pauseMs = 200;

export const stages = [
  'starting',
  'reading',
  'planning',
  'applying',
  'reporting',
  'waiting',
  'paused',
] as const satisfies readonly Stage[];

export const tenantStatus: z.ZodType<TenantStatus> = z.object({
  tenant: z.string(),
  stage: z.enum(stages),
  health: z.enum(healthStates),
  cycle: z.number(),
  finishedCycle: z.number(),
  carriedThrough: z.object({ cycle: z.number(), full: z.number(), isFullLeft: z.boolean() }),
  progress: z.object({ done: z.number(), of: z.number(), since: z.string().optional() }).nullable(),
  cycleError: cycleErrorSchema.nullable(),
  nextCycleAt: z.string().nullable(),
  configurationVersion: z.number(),
  paused: z.boolean(),
  // Loops that began before there were undos do not say.
  undoing: z.number().nullable().default(null),
});

/** The loop's status; `stopped` when it has ended, `unknown` when Temporal has no such loop. */
export type LoopStatus = TenantStatus | 'stopped' | 'unknown';

/**
 * Asks a tenant's loop where it stands. Tries again for `limitMs` while no worker answers, Temporal is away, or the loop
 * is between two of its runs.
 * @throws CommandError with exit code 69 when there is no answer by then
 */
export async function loopStatus(
  client: Client,
  tenant: string,
  limitMs = answerWithinMs,
): Promise<LoopStatus> {
  const giveUpAt = Date.now() + limitMs;
  for (;;) {
    try {
      const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
      const tryMs = Math.min(oneTryMs, Math.max(giveUpAt - Date.now(), pauseMs));
      const answer = await within(client, tryMs, () => handle.query(statusQuery));
      return withoutCycleWhilePaused(tenantStatus.parse(answer));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'unknown';
      if (error instanceof QueryRejectedError && !(await runs(client, tenant))) return 'stopped';
      if (!passes(error)) throw error;
      if (Date.now() >= giveUpAt) throw await silenceOn(client, await taskQueueOf(client, tenant), error);
      await sleep(pauseMs);
    }
  }
}

/** The time that the loop keeps is of no use until `resume`. An undo goes on while its tenant is paused. */
const withoutCycleWhilePaused = (status: TenantStatus): TenantStatus =>
  status.paused && status.undoing === null ? { ...status, nextCycleAt: null } : status;

/**
 * The status of a loop that has to run.
 * @throws CommandError when it does not, saying how to start it
 */
export async function runningStatus(client: Client, tenant: string, limitMs?: number): Promise<TenantStatus> {
  const status = await loopStatus(client, tenant, limitMs);
  if (typeof status === 'object') return status;
  const advice = '`timely-sync start FILE` with its tenant file starts it.';
  if (status === 'unknown') throw new UnknownTenantError(tenant, advice);
  throw new CommandError(exitCodes.failed, `${tenant} is stopped: ${advice}`);
}

/** A run that has just continued as new rejects a query as an ended one does; only the latest run distinguishes them. */
async function runs(client: Client, tenant: string): Promise<boolean> {
  const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
  const { status } = await within(client, oneTryMs, () => handle.describe());
  return status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW';
}

function passes(error: unknown): boolean {
  const betweenRuns = error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError;
  return betweenRuns || workerIsSilent(error) || temporalIsAway(error);
}
