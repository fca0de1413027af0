/**
 * One rate budget a tenant, over all workers: each request takes the next free moment from one row, so the budget is
 * exact however many processes ask. Too many requests push the next moment away and halve the rate; it grows back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** The rate regains this share of itself with each request after a slow-down. */
const recovery = 1.02;
const slowestPerSecond = 0.2;
/** When the service says "too many" without saying for how long. */
const unsaidRetryAfterMs = 5_000;

export interface PaceSettings {
  tenant: string;
  requestsPerSecond: number;
}

/** The tenant's budget as `timely/` wants it: `wait` before each request, `slowDown` after a 429. */
export function createPace(database: Database, { tenant, requestsPerSecond }: PaceSettings) {
  return {
    async wait(): Promise<void> {
      const { rows } = await database.execute<{ wait_ms: number }>(sql`
        insert into paces as pace (tenant, next_at, requests_per_second)
        values (${tenant}, clock_timestamp() + make_interval(secs => 1 / ${requestsPerSecond}::float8), ${requestsPerSecond})
        on conflict (tenant) do update set
          next_at = greatest(pace.next_at, clock_timestamp()) + make_interval(secs => 1 / pace.requests_per_second),
          requests_per_second = least(${requestsPerSecond}, pace.requests_per_second * ${recovery}::float8)
        returning extract(epoch from pace.next_at - clock_timestamp()) * 1000 - 1000 / pace.requests_per_second as wait_ms`);
      const waitMs = Number(rows[0]?.wait_ms ?? 0);
      if (waitMs > 1) await sleep(waitMs);
    },
    async slowDown(retryAfterMs: number | null): Promise<void> {
      const waitMs = retryAfterMs ?? unsaidRetryAfterMs;
      await database.execute(sql`
        update paces set
          next_at = greatest(next_at, clock_timestamp() + make_interval(secs => ${waitMs / 1000}::float8)),
          requests_per_second = greatest(${slowestPerSecond}::float8, requests_per_second / 2)
        where tenant = ${tenant}`);
    },
  };
}
