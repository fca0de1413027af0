import type { GateInput, HoldCheck } from './gate-input.ts';

/** Holds what a preview did not show, in the cycle that goes by it: the first one after `resume`. */
export function holdUnseenChanges({ previewed }: Pick<GateInput, 'previewed'>): HoldCheck {
  if (!previewed) return () => null;
  return ({ fingerprint }) =>
    previewed.has(fingerprint)
      ? null
      : 'The preview before `resume` did not show this change, so the facts have changed since.';
}
