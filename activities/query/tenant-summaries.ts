/** The list of tenants: the last cycle of each, and what waits for people. */
import type { Page, TenantSummary } from '../../domain/contract/report.ts';
import { openApprovalCounts } from '../../store/approvals/approvals.ts';
import type { Store } from '../../store/database.ts';
import { newestCycleReports } from '../../store/query/cycle-reports.ts';
import { findingCountsOf } from '../../store/query/open-findings.ts';
import { listTenants } from '../../store/tenants.ts';

/** A page has some 40 KB, and a third more encrypted. */
const pageSize = 50;

/** A page of the tenants by name, of those whose name has the part. Asks the store four times for all of them. */
export async function summariesPage(
  store: Store,
  { part = '', after }: { part?: string; after: number },
): Promise<Page<TenantSummary>> {
  const names = await listTenants(store, { part, after, limit: pageSize });
  const [newest, open, found] = await Promise.all([
    newestCycleReports(store, names),
    openApprovalCounts(store, names),
    findingCountsOf(store, names),
  ]);
  const items = names.map((tenant): TenantSummary => {
    const lastCycle = newest.get(tenant) ?? null;
    const { held = 0, failed = 0 } = lastCycle?.counts ?? {};
    const [openApprovals, findings] = [open.get(tenant) ?? 0, found.get(tenant) ?? {}];
    return { tenant, lastCycle, held, failed, openApprovals, findings };
  });
  return { items, next: names.length < pageSize ? null : after + names.length };
}
