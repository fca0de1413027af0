import type { RateLimiter } from '../../timely/ports.ts';

/** A rate limiter that never waits, for tests that are not about the rate. */
export const unlimitedRate: RateLimiter = {
  wait: async (prepare) => ({ moment: 0, prepared: await prepare() }),
  recordLatency: () => undefined,
  backOff: async () => undefined,
};
