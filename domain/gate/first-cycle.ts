import type { HoldCheck } from './check.ts';
import type { GateInput } from './input.ts';

/** Holds removals in a tenant's first cycle, unless the tenant file allows them. */
export function holdFirstCycleRemovals({ rules, firstCycle: isFirst }: GateInput): HoldCheck {
  const holds = isFirst && rules.safety.firstCycle.removals === 'hold';
  return ({ kind }) =>
    holds && kind === 'remove'
      ? 'This is the first cycle of the tenant, and safety.firstCycle.removals is "hold".'
      : null;
}
