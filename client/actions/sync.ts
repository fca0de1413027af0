import type { Client } from '@temporalio/client';
import { nudgeSignal, type TenantStatus, tenantWorkflowId } from '../../workflows/messages.ts';
import type { CommonOptions } from '../command.ts';
import { answerWithinMs, withClient, within } from '../remote/connection.ts';
import { waitForCycleReport } from '../remote/cycle-document.ts';
import { followCycle } from '../remote/follow-cycle.ts';
import { runningStatus } from '../remote/tenant-status.ts';
import type { Session } from '../render/output.ts';
import { progressLine, withProgress } from '../render/progress.ts';
import { printCycle } from './print-cycle.ts';

export interface SyncFlags extends CommonOptions {
  full?: boolean;
}

/** Waits for a cycle that begins now and prints its report. */
export async function runSync(
  session: Session,
  tenant: string,
  { full = false, json }: SyncFlags,
): Promise<void> {
  await withClient(async (client) => {
    const cycle = await withProgress(session, (show) =>
      syncNow(client, tenant, full, (status) => show?.(progressLine(status))),
    );
    await printCycle(client, session, { tenant, cycle }, json);
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
