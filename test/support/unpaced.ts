import type { Pace } from '../../timely/ports.ts';

/** For tests that are not about the rate: whoever is ready may ask. */
export const unpaced: Pace = {
  wait: async (prepare) => ({ moment: 0, prepared: await prepare() }),
  answered: () => undefined,
  slowDown: async () => undefined,
};
