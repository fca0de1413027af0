/**
 * What surrounds every activity: heartbeats, a trace, the ids in its log lines, and the one place that turns errors into
 * Temporal's failures. Workflows decide by the failure's type. Messages become part of histories, so they hold no
 * parameters and no foreign text.
 */
import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  ActivityInterceptors,
  Next,
} from '@temporalio/worker';
import { DrizzleQueryError } from 'drizzle-orm';
import {
  AttemptsExhaustedError,
  failureTypes,
  isPermanent,
  SyncError,
  ThrottledError,
  TransientError,
  UncertainWriteError,
} from '../domain/errors.ts';
import { WrongUseError } from '../store/approvals/decisions.ts';
import { logCycle, type WorkIds, workIdsOf } from './activity-log.ts';
import { inActivityScope } from './activity-scope.ts';
import type { Traces } from './traces.ts';

/** Creates an interceptor for each attempt of an activity. */
export const activityInterceptor =
  (traces: Traces) =>
  (context: Context): ActivityInterceptors => {
    let ids: WorkIds = {};
    return {
      inbound: {
        async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>) {
          ids = workIdsOf(input.args);
          const attempt = () => inActivityScope(context, () => next(input));
          const result = await traces.around(context.info, ids, () =>
            attempt().catch((error: unknown) => throwFailure(error, context)),
          );
          logCycle(context.info.activityType, input.args, result);
          return result;
        },
      },
      outbound: { getLogAttributes: (attributes, next) => next({ ...attributes, ...ids }) },
    };
  };

async function throwFailure(error: unknown, context: Context): Promise<never> {
  // What was cut off says nothing about the service. After a worker's shutdown Temporal hands the activity to another one.
  if (context.cancellationSignal.aborted && !isFinal(error)) await context.cancelled;
  throw applicationFailureOf(error);
}

/** Counted attempts may have been cut off as well. */
const isFinal = (error: unknown) =>
  error instanceof SyncError && isPermanent(error) && !(error instanceof AttemptsExhaustedError);

/** The failure for an error of an activity: its type, its remedy, and how long to wait where the service says so. */
export function applicationFailureOf(error: unknown): unknown {
  if (error instanceof SyncError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.name,
      nonRetryable: isPermanent(error),
      details: error.remedy === '' ? [] : [error.remedy],
      ...retryDelayOf(error),
    });
  }
  if (error instanceof WrongUseError) return ApplicationFailure.nonRetryable(error.message, error.name);
  if (error instanceof DrizzleQueryError) {
    // The query's own message repeats its parameters: people, cursors, encrypted tokens.
    return ApplicationFailure.retryable(
      `A query to the store failed: ${plainCause(error.cause)}`,
      failureTypes.store,
    );
  }
  return error;
}

/** Empty where the service names no wait: then the growing waits of the activity apply. */
function retryDelayOf(error: SyncError): { nextRetryDelay?: number } {
  const mayHaveWait =
    error instanceof ThrottledError ||
    error instanceof TransientError ||
    error instanceof UncertainWriteError;
  if (!mayHaveWait || error.retryAfterMs === null) return {};
  return { nextRetryDelay: Math.max(Math.ceil(error.retryAfterMs), 1) };
}

const plainCause = (cause: unknown) => (cause instanceof Error ? cause.message || cause.name : 'unknown');
