import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { z } from 'zod';
import type { TenantFile } from '../../../config/tenant-file.ts';
import {
  type ConfigureInput,
  type ConfigureResult,
  configureUpdate,
  tenantWorkflowId,
} from '../../../workflows/messages.ts';
import { userName } from '../../user-name.ts';
import { answerWithinMs, within } from '../connection.ts';
import { taskQueue } from '../task-queue.ts';

const configureResult: z.ZodType<ConfigureResult> = z.object({
  version: z.number(),
  changed: z.boolean(),
  paused: z.boolean(),
  after: z.number(),
});

/** What became of a start. */
export interface Started {
  tenant: string;
  configured: ConfigureResult;
  /** The tenant had no configuration before. */
  isNew: boolean;
}

/**
 * Starts the workflow of a tenant file, or gives the running one its new configuration. A new tenant starts paused
 * unless `run` is given.
 * @throws ConfigurationError (2) when the file is not valid at the worker; the Temporal client's errors, which
 * `explainError` turns into exit codes
 */
export async function startTenant(
  client: Client,
  file: TenantFile,
  {
    run,
    by = userName(),
    channel = 'command',
  }: { run: boolean; by?: string | undefined; channel?: 'command' | 'page' },
): Promise<Started> {
  const configured = await configure(client, { file, run, by, channel });
  return {
    tenant: file.tenant,
    configured,
    isNew: configured.changed && configured.version === 1,
  };
}

async function configure(
  client: Client,
  input: ConfigureInput & { file: TenantFile },
): Promise<ConfigureResult> {
  const { tenant, target } = input.file;
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
  const args: [ConfigureInput] = [input];
  const answer: unknown = await within(client, answerWithinMs, () =>
    client.workflow.executeUpdateWithStart(configureUpdate, { args, startWorkflowOperation }),
  );
  return configureResult.parse(answer);
}
