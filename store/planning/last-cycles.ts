/** How the last cycle of each tenant came out. */
import { sql } from 'drizzle-orm';
import type { CycleCounts, CycleError, Health } from '../../domain/contract/report.ts';
import type { Store } from '../database.ts';

export interface LastCycle {
  tenant: string;
  health: Health;
  counts: CycleCounts;
}

interface Row extends Record<string, unknown> {
  tenant: string;
  cycleError: CycleError | null;
  counts: CycleCounts;
}

/** Of each tenant the last cycle that has ended; tenants without one are left out. One look into an index for each. */
export async function lastCycleOfEachTenant(store: Store): Promise<LastCycle[]> {
  const { rows } = await store.execute<Row>(sql`
    select tenants.tenant, last.cycle_error as "cycleError", last.counts from tenants cross join lateral (
      select cycle_error, counts from cycles
      where cycles.tenant = tenants.tenant and finished_at is not null and counts is not null
      order by number desc limit 1) as last`);
  return rows.map(({ tenant, cycleError, counts }) => ({
    tenant,
    health: cycleError?.health ?? 'ok',
    counts,
  }));
}
