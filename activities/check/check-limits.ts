import type { CallLimits } from '../services.ts';

/** Somebody waits in front of a terminal: a side that is down is told in seconds. */
export const checkLimits: CallLimits = { timeoutMs: 15_000 };
