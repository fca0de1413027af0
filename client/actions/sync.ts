import type { Client } from '@temporalio/client';
import { workflowPage } from '../../domain/temporal-ui.ts';
import { requestCycleUpdate, type TenantStatus, tenantWorkflowId } from '../../workflows/messages.ts';
import type { CommonOptions, WebOption } from '../command.ts';
import { answerWithinMs, withClient, within } from '../remote/connection.ts';
import { followCycle } from '../remote/follow-cycle.ts';
import { runningStatus } from '../remote/tenant-status.ts';
import type { Session } from '../render/output.ts';
import { progressLine, withProgress } from '../render/progress.ts';
import { showPage, temporalUi } from '../temporal-ui.ts';
import { printCycle } from './print-cycle.ts';

export interface SyncFlags extends CommonOptions, WebOption {
  full?: boolean;
}

/** Waits for a cycle that begins now and prints its report; with `--web` it shows the page of the loop once the cycle is asked for. */
export async function runSync(
  session: Session,
  tenant: string,
  { full = false, json, web }: SyncFlags,
): Promise<void> {
  const page = web ? workflowPage(await temporalUi(), tenantWorkflowId(tenant)) : null;
  await withClient(async (client) => {
    if (page !== null) {
      await requestCycle(client, tenant, full);
      return showPage(session, json, page);
    }
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
  const after = await requestCycle(client, tenant, full);
  const until = full ? 'fullCarriedThrough' : 'carriedThrough';
  return await followCycle(client, tenant, { after, until, onProgress });
}

/** Wakes the loop; returns the number of the cycle that the one asked for comes after. */
async function requestCycle(client: Client, tenant: string, full: boolean): Promise<number> {
  await runningStatus(client, tenant);
  const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
  const { after } = await within(client, answerWithinMs, () =>
    handle.executeUpdate(requestCycleUpdate, { args: [{ full }] }),
  );
  return after;
}
