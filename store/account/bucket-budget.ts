/**
 * The budget of a rate limit bucket of a directory that states its limits: half of each, over all workers and all tenants of
 * that directory (docs/reference/okta.md section 8).
 */
import { memoize } from '../../domain/lazy.ts';
import type { Database } from '../database.ts';
import { createDirectoryBudget } from './directory-budget.ts';
import { delayBudgets, unlimitedPerSecond } from './rate-budget.ts';

/** Until the first response states a limit. */
const firstLimit = 600;
const usedShare = 0.5;
/** What may start at once after a rest, so that an idle cycle does not wait: of a small bucket more, which no long list uses. */
const burstShare = 0.05;
const smallBurst = { most: 10, share: 0.25 };

/** Budgets by directory and bucket, for all tenants of this process. `directory`: the host that the limits belong to. */
export function createBucketBudgets(database: Database) {
  const budgetOf = memoize((account: string) => createBudget(database, account));
  return (directory: string, bucket: string) => ({
    ...budgetOf(`${directory} ${bucket}`),
    pauseAll: (waitMs: number) => delayBudgets(database, `${directory} `, waitMs),
  });
}

function createBudget(database: Database, account: string) {
  const { budget, wait, pause } = createDirectoryBudget(database, account, rateOf(firstLimit));
  let isStated = false;
  return {
    wait,
    limit(perMinute: number | null): void {
      // Something on the way may have taken the headers of one response.
      if (perMinute === null && isStated) return;
      isStated ||= perMinute !== null;
      Object.assign(budget, perMinute === null ? unlimited : rateOf(perMinute));
    },
    pause,
  };
}

const unlimited = { requestsPerSecond: unlimitedPerSecond, burst: 1 };

/** In no minute do burst and rate together exceed the share. */
function rateOf(limitPerMinute: number) {
  const share = Math.max(limitPerMinute * usedShare, 1);
  const small = Math.min(smallBurst.most, share * smallBurst.share);
  const burst = Math.max(Math.floor(Math.max(share * burstShare, small)), 1);
  return { requestsPerSecond: Math.max(share - burst, share / 2) / 60, burst };
}
