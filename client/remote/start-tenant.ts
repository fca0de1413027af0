import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { z } from 'zod';
import type { TenantFile } from '../../config/tenant-file.ts';
import { type ConfigureResult, configureUpdate, tenantWorkflowId } from '../../workflows/messages.ts';
import { readTenantFile } from '../tenant-file.ts';
import { answerWithinMs, within } from './connection.ts';
import { taskQueue } from './task-queue.ts';
import { loopStatus } from './tenant-status.ts';

const configureResult: z.ZodType<ConfigureResult> = z.object({ version: z.number(), changed: z.boolean() });

/** What became of a start. */
export interface Started {
  tenant: string;
  configured: ConfigureResult;
  /** The last cycle before: `followCycle` waits for one after it. */
  finishedBefore: number;
  /** The loop ran already, and was paused. */
  paused: boolean;
}

/**
 * Starts the workflow of a tenant file, or gives the running one its new configuration.
 * @throws ConfigurationError or CommandError (2) when the file cannot be read or is not valid, here or at the worker;
 * the Temporal client's errors, which `explainError` turns into exit codes
 */
export async function startTenant(client: Client, fileName: string): Promise<Started> {
  const file = await readTenantFile(fileName);
  const before = await loopStatus(client, file.tenant);
  const configured = await configure(client, file);
  const status = typeof before === 'object' ? before : await loopStatus(client, file.tenant);
  const { cycle, finishedCycle, paused } =
    typeof status === 'object' ? status : { cycle: 0, finishedCycle: 0, paused: false };
  // A cycle that ran already goes by the file before.
  const isOfFileBefore = configured.changed && status === before;
  return { tenant: file.tenant, configured, finishedBefore: isOfFileBefore ? cycle : finishedCycle, paused };
}

async function configure(client: Client, file: TenantFile): Promise<ConfigureResult> {
  const { tenant, target } = file;
  const startWorkflowOperation = new WithStartWorkflowOperation('tenantSync', {
    workflowId: tenantWorkflowId(tenant),
    taskQueue: taskQueue(),
    args: [{ tenant }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    priority: { fairnessKey: tenant },
    staticSummary: `Keeps Timely account ${target.accountId} in step with the directory of ${tenant}`,
    staticDetails: [
      `One way, directory to Timely. \`timely-sync status ${tenant}\` tells how it is;`,
      `\`timely-sync approvals list ${tenant}\` what waits for a person.`,
    ].join('\n'),
  });
  const answer: unknown = await within(client, answerWithinMs, () =>
    client.workflow.executeUpdateWithStart(configureUpdate, { args: [{ file }], startWorkflowOperation }),
  );
  return configureResult.parse(answer);
}
