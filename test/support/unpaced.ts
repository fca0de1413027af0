import type { RateLimiter } from '../../timely/ports.ts';

/** For tests that are not about the rate: whoever is ready may ask. */
export const unpaced: RateLimiter = {
  wait: async (prepare) => ({ moment: 0, prepared: await prepare() }),
  answered: () => undefined,
  backOff: async () => undefined,
};
