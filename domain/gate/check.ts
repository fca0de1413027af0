import type { PlannedChange } from '../plan/change.ts';

/** Says why a rule holds a change, with its limit and its figure, in a sentence; null when it does not. */
export type HoldCheck = (change: PlannedChange) => string | null;
