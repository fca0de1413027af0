/** Reports a cycle: its row with counts and durations. */
import type { CycleCounts, Trouble } from '../domain/report.ts';
import { countCycle, finishCycle } from '../store/cycles.ts';
import { hasApplied } from '../store/plans.ts';
import { planAgain } from '../store/touched.ts';
import type { Services } from './services.ts';

export interface FinishCycleInput {
  tenant: string;
  cycle: number;
  trouble: Trouble | null;
}

export function createFinishCycleActivities({ database, now }: Services) {
  return {
    async finishCycle({ tenant, cycle, trouble }: FinishCycleInput): Promise<CycleCounts> {
      const counts = await countCycle(database, tenant, cycle);
      await finishCycle(database, tenant, cycle, { counts, trouble, now: now() });
      // What a cycle did, or in trouble left undone, is looked at once more by the next, though nothing else has changed.
      if (trouble || (await hasApplied(database, tenant, cycle))) await planAgain(database, tenant);
      return counts;
    },
  };
}
