import type { PlannedChange } from '../plan/change.ts';
import { takesSeat } from '../plan/seats.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';

/** Holds all invitations and reinstatements above the limit: each takes a seat and may send a mail. */
export function holdTooManyInvitations({ rules }: GateInput, pending: readonly PlannedChange[]): HoldCheck {
  const { max } = rules.safety.invitations;
  const planned = pending.filter(takesSeat).length;
  const detail = `${planned} invitations and reinstatements are planned; the limit is ${max}. All of them wait.`;
  return (change) => (planned > max && takesSeat(change) ? detail : null);
}
