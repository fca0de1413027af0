/** Reports a cycle: its row with counts and durations. */
import { durationMs } from '../config/duration.ts';
import type { CycleCounts, Trouble } from '../domain/report.ts';
import { countCycle, cycleRow, finishCycle } from '../store/cycles.ts';
import { pruneJournal } from '../store/journal-chain.ts';
import { hasApplied } from '../store/plans.ts';
import { touch } from '../store/tenants.ts';
import type { Services } from './services.ts';

export interface FinishCycleInput {
  tenant: string;
  cycle: number;
  trouble: Trouble | null;
}

const dayMs = 86_400_000;

export function createFinishCycleActivities(services: Services) {
  const { database, now } = services;
  return {
    async finishCycle({ tenant, cycle, trouble }: FinishCycleInput): Promise<CycleCounts> {
      const counts = await countCycle(database, tenant, cycle);
      await finishCycle(database, tenant, cycle, { counts, trouble, now: now() });
      // What a cycle did, or in trouble left undone, is looked at once more by the next, though nothing else has changed.
      if (trouble || (await hasApplied(database, tenant, cycle))) await touch(database, tenant);
      if (!trouble) await pruneOldEntries(services, tenant, cycle);
      return counts;
    },
  };
}

/** `privacy.keepJournal`; what the limit for removals still counts stays in any case. Once a day is enough, so whole reads do it. */
async function pruneOldEntries({ database, now, tenantFile }: Services, tenant: string, cycle: number) {
  const row = await cycleRow(database, tenant, cycle);
  if (row?.kind !== 'full') return;
  const { privacy, safety } = await tenantFile(tenant, row.configurationVersion);
  const keptMs = Math.max(durationMs(privacy.keepJournal), safety.removals.windowDays * dayMs);
  await pruneJournal(database, tenant, new Date(now().getTime() - keptMs));
}
