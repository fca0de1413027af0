/** What workflows make of failures. They decide by the failure's type alone, because classes do not survive the trip. */
import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { CycleError, Health } from '../domain/contract/report.ts';
import { failureTypes } from '../domain/errors.ts';
import { oneLine } from '../domain/shown-text.ts';

/** The side that a failed call was made to. */
export type Side = 'source' | 'target' | 'store';

const healthByType: Record<string, Health> = {
  [failureTypes.consentNeeded]: 'needs-consent',
  [failureTypes.connectNeeded]: 'needs-connect',
  [failureTypes.configuration]: 'misconfigured',
};

const healthBySide: Record<Side, Health> = {
  source: 'source-down',
  target: 'target-down',
  store: 'quarantined',
};

/** What an operator sees of a failure that ended a cycle; commands in it name the tenant. */
export function cycleErrorOf(error: unknown, side: Side, tenant: string): CycleError {
  const cause = causeOf(error);
  const message = cause?.message ?? (error instanceof Error ? error.message : String(error));
  const remedy =
    typeof cause?.details?.[0] === 'string' ? cause.details[0] : 'The sync retries with growing waits.';
  return { health: healthOf(cause?.type, side), message, remedy: remedy.replaceAll('<tenant>', tenant) };
}

function healthOf(type: string | null | undefined, side: Side): Health {
  if (type === failureTypes.permission) return side === 'source' ? 'needs-consent' : 'needs-connect';
  return (type && healthByType[type]) || healthBySide[side];
}

/** The failure that the activity or child itself raised, below what Temporal wraps around it; null for any other error. */
export function causeOf(error: unknown): ApplicationFailure | null {
  if (error instanceof ApplicationFailure) return error;
  // A time-out carries the failure of the last attempt before it.
  const wrappers = [ActivityFailure, ChildWorkflowFailure, TimeoutFailure];
  if (wrappers.some((kind) => error instanceof kind) && error instanceof Error) return causeOf(error.cause);
  return null;
}

/** Whether a step was refused because its cycle may no longer write: a later one is there, or this run was reset. */
export const isSuperseded = (error: unknown): boolean => causeOf(error)?.type === failureTypes.superseded;

/** The failure for a message that makes no sense; `message` is for the person who sent it. */
export const wrongUseFailure = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(oneLine(message), failureTypes.wrongUse);

/** For `.catch` in the handler of an Update: hands the failure of an activity or child on to the sender. */
export const refuseWith =
  (fallback: string) =>
  (error: unknown): never => {
    const cause = causeOf(error);
    throw ApplicationFailure.nonRetryable(cause?.message ?? fallback, cause?.type ?? 'Error');
  };
