/** Reports a cycle: its row with counts and durations. */
import type { CycleCounts, Trouble } from '../domain/report.ts';
import { countCycle, finishCycle } from '../store/cycles.ts';
import { hasApplied } from '../store/plans.ts';
import { touch } from '../store/tenants.ts';
import type { Services } from './services.ts';

export interface FinishCycleInput {
  tenant: string;
  cycle: number;
  trouble: Trouble | null;
  /** Changes were left to the next cycle. */
  yielded?: boolean;
}

export function createFinishCycleActivities({ database, now }: Services) {
  return {
    async finishCycle({ tenant, cycle, trouble, yielded }: FinishCycleInput): Promise<CycleCounts> {
      const counts = await countCycle(database, tenant, cycle);
      await finishCycle(database, tenant, cycle, { counts, trouble, now: now() });
      // What a cycle did, or left undone, is looked at once more by the next, though nothing else has changed.
      if (trouble || yielded || (await hasApplied(database, tenant, cycle))) await touch(database, tenant);
      return counts;
    },
  };
}
