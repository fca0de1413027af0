import { listPage, runningTenantsQuery, type TemporalUi, workflowPage } from '../../domain/temporal-ui.ts';
import { tenantWorkflowId } from '../../workflows/messages.ts';
import type { ListOptions, WebOption } from '../command.ts';
import { exitCodeOfChanges, exitCodes, usageError } from '../exit-codes.ts';
import { withClient } from '../remote/connection.ts';
import { allTenants } from '../remote/status-of-all.ts';
import { tenantInFull } from '../remote/status-of-one.ts';
import { printList } from '../render/list-output.ts';
import { printResult, type Session } from '../render/output.ts';
import { tenantInFullText } from '../render/status-text.ts';
import { tenantsList } from '../render/tenants-list.ts';
import { isInTrouble } from '../render/words/tenant-words.ts';
import { showInUi } from '../temporal-ui.ts';

export interface StatusFlags extends ListOptions, WebOption {}

/** The workflow of one tenant, or the list of those of all. */
const pageFor = (tenant: string | undefined) => (ui: TemporalUi) =>
  tenant === undefined ? listPage(ui, runningTenantsQuery) : workflowPage(ui, tenantWorkflowId(tenant));

/** Prints how all tenants are, or one in full. Ends with 1 for trouble, else as the cycles did that it reports. */
export async function runStatus(
  session: Session,
  tenant: string | undefined,
  { web, ...flags }: StatusFlags,
): Promise<void> {
  const isJson = flags.json || flags.output === 'json';
  if (web) return await showInUi(session, isJson, pageFor(tenant));
  if (tenant !== undefined && flags.output === 'csv')
    throw usageError('CSV is for the list of all tenants: leave the tenant out, or use --json.');
  await withClient(async (client) => {
    if (tenant === undefined) {
      const tenants = await allTenants(client);
      printList(session, flags, { tenants }, tenantsList(session.columns));
      const count = (what: 'held' | 'failed') => tenants.reduce((sum, tenant) => sum + tenant[what], 0);
      const isTrouble = tenants.some(({ health, stage }) => health !== 'ok' || stage === 'stuck');
      session.exitCode = isTrouble
        ? exitCodes.failed
        : exitCodeOfChanges({ held: count('held'), failed: count('failed') });
    } else {
      const report = await tenantInFull(client, tenant);
      printResult(session, isJson, report, (shown) => tenantInFullText(shown, session.columns));
      const { held, failed } = report;
      session.exitCode = isInTrouble(report)
        ? exitCodes.failed
        : exitCodeOfChanges({ held: held.length, failed: failed.length });
    }
  });
}
