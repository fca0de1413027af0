import type { Client } from '@temporalio/client';
import { requestCycleUpdate, type TenantStatus, tenantWorkflowId } from '../../workflows/messages.ts';
import type { CommonOptions } from '../command.ts';
import { answerWithinMs, withClient, within } from '../remote/connection.ts';
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

/** Wakes the loop and waits for a cycle that began after that and was carried through; returns its number. */
export async function syncNow(
  client: Client,
  tenant: string,
  full: boolean,
  onProgress: (status: TenantStatus) => void,
): Promise<number> {
  await runningStatus(client, tenant);
  const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
  const { after } = await within(client, answerWithinMs, () =>
    handle.executeUpdate(requestCycleUpdate, { args: [{ full }] }),
  );
  const until = full ? 'fullCarriedThrough' : 'carriedThrough';
  return await followCycle(client, tenant, { after, until, onProgress });
}
