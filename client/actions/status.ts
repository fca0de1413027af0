import type { CommonOptions } from '../command.ts';
import { exitCodeOfChanges, exitCodes } from '../exit-codes.ts';
import { withClient } from '../remote/connection.ts';
import { allTenants, tenantsTable } from '../remote/status-of-all.ts';
import { isInTrouble, tenantInFull, tenantInFullText } from '../remote/status-of-one.ts';
import { printResult, type Session } from '../render/output.ts';

/** Prints how all tenants are, or one in full. Ends with 1 for trouble, else as the cycles did that it reports. */
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
      const isTrouble = tenants.some(({ health, stage }) => health !== 'ok' || stage === 'stuck');
      session.exitCode = isTrouble
        ? exitCodes.failed
        : exitCodeOfChanges({ held: count('held'), failed: count('failed') });
    } else {
      const report = await tenantInFull(client, tenant);
      printResult(session, json, report, (shown) => tenantInFullText(shown, session.columns));
      const { held, failed } = report;
      session.exitCode = isInTrouble(report)
        ? exitCodes.failed
        : exitCodeOfChanges({ held: held.length, failed: failed.length });
    }
  });
}
