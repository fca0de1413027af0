import type { HoldCheck } from './check.ts';
import type { GateInput } from './input.ts';

/** Holds removals while a read does not prove itself whole. */
export function holdUnprovenRemovals({ directory, timely }: GateInput): HoldCheck {
  const sides = [...(directory.complete ? [] : ['the directory']), ...(timely.complete ? [] : ['Timely'])];
  return ({ kind }) =>
    kind === 'remove' && sides.length > 0
      ? `The read of ${sides.join(' and of ')} is not complete, so it proves nobody's departure. This ends with the next complete read.`
      : null;
}
