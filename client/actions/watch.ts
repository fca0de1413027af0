import { workflowPage } from '../../domain/temporal-ui.ts';
import { tenantWorkflowId } from '../../workflows/messages.ts';
import type { CommonOptions, WebOption } from '../command.ts';
import { withClient } from '../remote/connection.ts';
import { watchCycle } from '../remote/watch.ts';
import type { Session } from '../render/output.ts';
import { withProgress } from '../render/progress.ts';
import { showInUi } from '../temporal-ui.ts';
import { printCycle } from './print-cycle.ts';

/** Shows the progress of the cycle that runs, or of the next one, and prints its report when it ends. */
export async function runWatch(
  session: Session,
  tenant: string,
  { json, web }: CommonOptions & WebOption,
): Promise<void> {
  if (web) return await showInUi(session, json, (ui) => workflowPage(ui, tenantWorkflowId(tenant)));
  await withClient(async (client) => {
    const cycle = await withProgress(session, (show) => watchCycle(client, tenant, show));
    await printCycle(client, session, { tenant, cycle }, json);
  });
}
