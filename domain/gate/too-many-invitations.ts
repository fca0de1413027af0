import type { PlannedChange } from '../change.ts';
import type { HoldCheck } from './check.ts';
import type { GateInput } from './input.ts';

/** Holds all invitations and reinstatements when they are too many: each takes a seat and may send a mail. */
export function tooManyInvitations({ rules }: GateInput, counted: readonly PlannedChange[]): HoldCheck {
  const { max } = rules.safety.invitations;
  const planned = counted.filter(invites).length;
  const detail = `${planned} invitations and reinstatements are planned; the limit is ${max}.`;
  return (change) => (planned > max && invites(change) ? detail : null);
}

const invites = ({ kind }: PlannedChange) => kind === 'invite' || kind === 'reinstate';
