import type { CommonOptions } from '../command.ts';
import { exitCodeOfChanges } from '../exit-codes.ts';
import { withClient } from '../remote/connection.ts';
import { allTenants, tenantsTable } from '../remote/status-of-all.ts';
import { tenantInFull, tenantInFullText } from '../remote/status-of-one.ts';
import { printResult, type Session } from '../render/output.ts';

/** Prints how all tenants are, or one in full. Ends as the cycles did that it reports. */
export async function runStatus(
  session: Session,
  tenant: string | undefined,
  { json }: CommonOptions,
): Promise<void> {
  await withClient(async (client) => {
    if (tenant === undefined) {
      const tenants = await allTenants(client);
      printResult(session, json, { tenants }, (shown) => tenantsTable(shown.tenants, session.columns));
      const count = (what: 'held' | 'failed') => tenants.reduce((sum, tenant) => sum + tenant[what], 0);
      session.exitCode = exitCodeOfChanges({ held: count('held'), failed: count('failed') });
    } else {
      const report = await tenantInFull(client, tenant);
      printResult(session, json, report, (shown) => tenantInFullText(shown, session.columns));
      const { held, failed } = report;
      session.exitCode = exitCodeOfChanges({ held: held.length, failed: failed.length });
    }
  });
}
