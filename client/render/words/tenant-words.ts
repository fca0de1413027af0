/** How a tenant is, in words: for the command `status` and for the console's pages. */
import type { CycleError } from '../../../domain/contract/report.ts';
import { selfEndingHolds } from '../../../domain/plan/change.ts';
import type { TenantInFull } from '../../remote/status-of-one.ts';
import { moment, type When } from './moments.ts';

/** The tenant's health in one word. */
export function healthText({ status, cycles, connectedSince }: TenantInFull): string {
  if (connectedSince !== null) return 'connected';
  const isRead = cycles.length > 0 || (status !== null && status.cycleError !== null);
  return isRead ? (status?.health ?? cycles[0]?.cycleError?.health ?? 'ok') : 'never read';
}

/** Why no cycle comes, and what lets the tenant go on; null while it is not paused. */
export function pauseText(
  { tenant, status, paused, cycles }: TenantInFull,
  when: When = moment,
): string | null {
  if (!status?.paused) return null;
  if (cycles.length === 0 && status.undoing === null)
    return `Paused. It is new: nothing was read or written yet. Next: timely-sync preview FILE; timely-sync resume ${tenant}`;
  const since = paused ? ` since ${when(paused.since)}` : '';
  const how = paused?.undoes == null ? '`timely-sync pause`' : `the undo of cycle ${paused.undoes}`;
  const cause = ` by ${how}${paused?.by ? ` (${paused.by})` : ''}`;
  const goesOn =
    status.undoing === null
      ? `No cycle comes until \`timely-sync resume ${tenant}\`.`
      : `The undo is not done yet: it goes on until nothing of it waits, or \`timely-sync resume ${tenant}\` ends it.`;
  return `Paused${since}${cause}. ${goesOn}`;
}

/** Why the last cycle failed as a whole; null when it did not. */
export const troubleOf = ({ status, cycles }: TenantInFull): CycleError | null =>
  status ? status.cycleError : (cycles[0]?.cycleError ?? null);

/** Says that an operator has signed in to Timely since the last cycle failed for it; null when none has. */
export function connectedText(
  { tenant, connectedSince, paused }: TenantInFull,
  when: When = moment,
): string | null {
  if (connectedSince === null) return null;
  const after = paused ? ` after \`timely-sync resume ${tenant}\`` : '';
  return `Connected to Timely since ${when(connectedSince)}; the next cycle${after} tries it.`;
}

/** Who ends the holds: an approval is open, or they end with their cause and nobody can approve them. */
export function holdsText({ held, cycles }: TenantInFull): string | null {
  const finished = cycles.find(({ finishedAt }) => finishedAt !== null);
  // Of very many lines only the first are known here.
  if (held.length === 0 || held.length < (finished?.counts.held ?? 0)) return null;
  const endThemselves = held.filter(({ hold }) => hold && selfEndingHolds.includes(hold.rule)).length;
  const waiting = held.length - endThemselves;
  const parts = [
    ...(waiting > 0 ? [`${waiting} for an approval`] : []),
    ...(endThemselves > 0 ? [`${endThemselves} until the cause ends, which nobody can approve`] : []),
  ];
  return `Held: ${parts.join(', ')}.`;
}

/** It does not go on, or the last cycle failed and nobody has mended that since. */
export function isInTrouble({ status, stuck, cycles, connectedSince }: TenantInFull): boolean {
  const cycleError = status ? status.cycleError : (cycles[0]?.cycleError ?? null);
  return stuck !== null || (cycleError !== null && connectedSince === null);
}
