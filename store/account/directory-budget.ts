/** The budget of a directory whose rate is known and never learnt, shared by all workers. */
import type { Database } from '../database.ts';
import { isReserved, type RateBudget } from './rate-budget.ts';
import { createRateLimiter } from './rate-limiter.ts';

/** A start that was reserved so lately is taken for granted, which saves a round trip. */
const justNowMs = 50;

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
      for (;;) {
        const askedMs = performance.now();
        const { moment } = await limiter.wait(async () => undefined);
        if (performance.now() - askedMs < justNowMs) return;
        // Another worker may have been refused since the start was reserved.
        if (await isReserved(database, budget, moment)) return;
      }
    },
    pause: (waitMs: number) => limiter.pause(waitMs),
  };
}
