/** From a failed activity to what a tenant shows: decided by the failure's type alone, since classes do not survive the trip. */
import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { CycleError, Health } from '../domain/contract/report.ts';

/** Which side was spoken to when it failed. */
export type Side = 'source' | 'target' | 'store';

const healthByType: Record<string, Health> = {
  ConsentNeededError: 'needs-consent',
  ConnectNeededError: 'needs-connect',
  ConfigurationError: 'misconfigured',
};

const healthBySide: Record<Side, Health> = {
  source: 'source-down',
  target: 'target-down',
  store: 'quarantined',
};

/** What an operator is told about a failure that a cycle could not get over; commands in it name the tenant. */
export function cycleErrorOf(error: unknown, side: Side, tenant: string): CycleError {
  const cause = causeOf(error);
  const message = cause?.message ?? (error instanceof Error ? error.message : String(error));
  const remedy =
    typeof cause?.details?.[0] === 'string' ? cause.details[0] : 'It is tried again with growing waits.';
  return { health: healthOf(cause?.type, side), message, remedy: remedy.replaceAll('<tenant>', tenant) };
}

function healthOf(type: string | null | undefined, side: Side): Health {
  if (type === 'PermissionError') return side === 'source' ? 'needs-consent' : 'needs-connect';
  return (type && healthByType[type]) || healthBySide[side];
}

/** The failure that the activity itself raised, below what Temporal wraps around it. */
export function causeOf(error: unknown): ApplicationFailure | null {
  if (error instanceof ApplicationFailure) return error;
  // A time-out carries what the last attempt met before it.
  const wrappers = [ActivityFailure, ChildWorkflowFailure, TimeoutFailure];
  if (wrappers.some((kind) => error instanceof kind) && error instanceof Error) return causeOf(error.cause);
  return null;
}
