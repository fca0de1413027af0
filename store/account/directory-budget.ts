/** The budget of a directory whose rate is known and never learnt, shared by all workers. */
import type { Database } from '../database.ts';
import type { RateBudget } from './rate-budget.ts';
import { createRateLimiter } from './rate-limiter.ts';

/** `budget` may be changed at any time. `pause` holds back all requests for `waitMs`. */
export function createDirectoryBudget(
  database: Database,
  account: string,
  rate: Pick<RateBudget, 'requestsPerSecond' | 'burst'>,
) {
  const budget: RateBudget = { account, ...rate, isLearnt: false, of: `directory (${account})` };
  const limiter = createRateLimiter(database, budget);
  return {
    budget,
    async wait(): Promise<void> {
      await limiter.wait(async () => undefined);
    },
    pause: (waitMs: number) => limiter.pause(waitMs),
  };
}
