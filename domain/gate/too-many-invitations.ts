import type { PlannedChange } from '../plan/change.ts';
import { takesSeat } from '../plan/seats.ts';
import type { HoldCheck } from './check.ts';
import type { GateInput } from './input.ts';

/** Holds all invitations and reinstatements when they are too many: each takes a seat and may send a mail. */
export function holdTooManyInvitations({ rules }: GateInput, counted: readonly PlannedChange[]): HoldCheck {
  const { max } = rules.safety.invitations;
  const planned = counted.filter(takesSeat).length;
  const detail = `${planned} invitations and reinstatements are planned; the limit is ${max}. All of them wait.`;
  return (change) => (planned > max && takesSeat(change) ? detail : null);
}
