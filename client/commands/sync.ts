import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { nudgeSignal, type TenantStatus, tenantWorkflowId } from '../../workflows/messages.ts';
import { addCommand, type CommonOptions } from '../command.ts';
import { answerWithinMs, withClient, within } from '../remote/connection.ts';
import { cycleDocument, exitCodeFor, waitForCycleReport } from '../remote/cycle-document.ts';
import { followCycle } from '../remote/follow-cycle.ts';
import { runningStatus } from '../remote/tenant-status.ts';
import { printResult, type Session } from '../render/output.ts';
import { withProgress } from '../render/progress.ts';
import { reportTable } from '../render/report-table.ts';

interface SyncFlags extends CommonOptions {
  full?: boolean;
}

/** Adds `sync`: a cycle now, and its report. */
export function addSync(program: Command, session: Session): void {
  addCommand(program, {
    name: 'sync <tenant>',
    description: 'a cycle now; waits for it and prints its report',
    examples: ['sync contoso', 'sync contoso --full', 'sync contoso --json'],
  })
    .option('--full', 'read both sides whole instead of what changed')
    .action(async (tenant: string, { full = false, json }: SyncFlags) => {
      await withClient(async (client) => {
        const cycle = await withProgress(session, (onProgress) => syncNow(client, tenant, full, onProgress));
        const document = await cycleDocument(client, [{ tenant, cycle }]);
        const text = json ? '' : await reportTable(client, tenant, cycle, session.columns);
        printResult(session, json, document, text);
        session.exitCode = exitCodeFor(document);
      });
    });
}

/** Wakes the loop and waits for a cycle that began after that; returns its number. */
export async function syncNow(
  client: Client,
  tenant: string,
  full: boolean,
  onProgress: (status: TenantStatus) => void,
): Promise<number> {
  const before = await runningStatus(client, tenant);
  const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
  await within(client, answerWithinMs, () => handle.signal(nudgeSignal, { full }));
  const cycle = await followCycle(client, tenant, { after: before.cycle, onProgress });
  if (!full || (await waitForCycleReport(client, tenant, cycle)).kind === 'full') return cycle;
  // An incremental cycle had begun between our look and the nudge: the full one comes after it.
  return followCycle(client, tenant, { after: cycle, onProgress });
}
