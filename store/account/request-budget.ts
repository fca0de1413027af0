/** The budget of a directory whose rate the tenant file gives: evenly spread, over all workers. */
import type { Database } from '../database.ts';
import type { RateBudget } from './rate-budget.ts';
import { createRateLimiter } from './rate-limiter.ts';

/**
 * After a request that starts late the next one may start half an interval sooner, so that no time is lost. From this rate on no
 * more than a tenth of a minute's requests start in five seconds then.
 */
const catchesUpFrom = 60;

/** Budgets by directory, for all tenants of this process. `directory`: the host that the requests go to. */
export function createRequestBudgets(database: Database) {
  const budgets = new Map<string, ReturnType<typeof createBudget>>();
  return (directory: string, perMinute: number) => {
    const known = budgets.get(directory) ?? createBudget(database, directory);
    budgets.set(directory, known);
    known.budget.requestsPerSecond = perMinute / 60;
    known.budget.burst = perMinute < catchesUpFrom ? 1 : 1.5;
    return known;
  };
}

function createBudget(database: Database, directory: string) {
  const budget: RateBudget = {
    account: directory,
    requestsPerSecond: 1,
    isLearnt: false,
    of: `directory (${directory})`,
  };
  const limiter = createRateLimiter(database, budget);
  return {
    budget,
    async wait(): Promise<void> {
      await limiter.wait(async () => undefined);
    },
    pause: (waitMs: number) => limiter.pause(waitMs),
  };
}
