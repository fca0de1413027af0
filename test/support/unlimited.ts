import type { RateLimiter } from '../../timely/ports.ts';

/** For tests that are not about the rate: each request starts at once. */
export const unlimited: RateLimiter = {
  wait: async (prepare) => ({ moment: 0, prepared: await prepare() }),
  answered: () => undefined,
  backOff: async () => undefined,
};
