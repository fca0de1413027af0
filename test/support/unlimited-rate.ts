import type { RateLimiter } from '../../timely/ports.ts';

/** For tests that are not about the rate: every request may go out at once. */
export const unlimitedRate: RateLimiter = {
  wait: async (prepare) => ({ moment: 0, prepared: await prepare() }),
  recordLatency: () => undefined,
  backOff: async () => undefined,
};
