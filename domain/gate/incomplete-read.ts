import type { GateInput, HoldCheck } from './gate-input.ts';

/** Holds removals while a read is not proven complete. */
export function holdUnprovenRemovals({ directory, timely }: GateInput): HoldCheck {
  const sides = [...(directory.complete ? [] : ['the directory']), ...(timely.complete ? [] : ['Timely'])];
  return ({ kind }) =>
    kind === 'remove' && sides.length > 0
      ? `The read of ${sides.join(' and of ')} is not complete, so it does not prove that a person left. This ends with the next complete read.`
      : null;
}
