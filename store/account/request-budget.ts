/** The budget of a directory whose rate the tenant file gives: evenly spread, over all workers. */
import { memoize } from '../../domain/lazy.ts';
import type { Database } from '../database.ts';
import { createDirectoryBudget } from './directory-budget.ts';

/**
 * After a request that starts late the next one may start half an interval sooner, so that no time is lost. From this rate on no
 * more than a tenth of a minute's requests start in five seconds then.
 */
const catchesUpFrom = 60;

/** Budgets by directory, for all tenants of this process. `directory`: the host that the requests go to. */
export function createRequestBudgets(database: Database) {
  const budgetOf = memoize((directory: string) =>
    createDirectoryBudget(database, directory, { requestsPerSecond: 1 }),
  );
  return (directory: string, perMinute: number) => {
    const known = budgetOf(directory);
    known.budget.requestsPerSecond = perMinute / 60;
    known.budget.burst = perMinute < catchesUpFrom ? 1 : 1.5;
    return known;
  };
}
