/**
 * The one place where an error becomes a failure of Temporal's, where every activity's heart is made to beat, and where
 * its log lines get the ids of its work.
 * Workflows decide by the failure's type; messages go into histories, so they hold no parameters and no foreign text.
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
  isPermanent,
  SyncError,
  ThrottledError,
  TransientError,
  UncertainWriteError,
} from '../domain/errors.ts';
import { WrongUseError } from '../store/approvals/decisions.ts';
import { logCycle, type WorkIds, workIdsOf } from './activity-log.ts';
import type { Traces } from './traces.ts';

/** Well below the shortest heartbeat time-out (workflows/activity-proxies.ts). */
const beatEveryMs = 2_000;

/** Makes one for each run of an activity. */
export const activityInterceptor =
  (traces: Traces) =>
  (context: Context): ActivityInterceptors => {
    let ids: WorkIds = {};
    return {
      inbound: {
        async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>) {
          ids = workIdsOf(input.args);
          const heart = setInterval(() => context.heartbeat(), beatEveryMs);
          try {
            const result = await traces.around(context.info, ids, () => next(input).catch(throwFailure));
            logCycle(context.info.activityType, input.args, result);
            return result;
          } finally {
            clearInterval(heart);
          }
        },
      },
      outbound: { getLogAttributes: (attributes, next) => next({ ...attributes, ...ids }) },
    };
  };

function throwFailure(error: unknown): never {
  throw applicationFailureOf(error);
}

/** Turns any error of an activity into a failure with a type to decide by, a wait where one was told, and a remedy. */
export function applicationFailureOf(error: unknown): unknown {
  if (error instanceof SyncError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.name,
      nonRetryable: isPermanent(error),
      details: error.remedy === '' ? [] : [error.remedy],
      ...toldToWait(error),
    });
  }
  if (error instanceof WrongUseError) return ApplicationFailure.nonRetryable(error.message, error.name);
  if (error instanceof DrizzleQueryError) {
    // The query's own message repeats its parameters: people, cursors, sealed tokens.
    return ApplicationFailure.retryable(
      `The store could not be asked: ${plainCause(error.cause)}`,
      'StoreError',
    );
  }
  return error;
}

/** Nothing where nobody said for how long: then the step's own growing waits count. */
function toldToWait(error: SyncError): { nextRetryDelay?: number } {
  const tells =
    error instanceof ThrottledError ||
    error instanceof TransientError ||
    error instanceof UncertainWriteError;
  if (!tells || error.retryAfterMs === null) return {};
  return { nextRetryDelay: Math.max(Math.ceil(error.retryAfterMs), 1) };
}

const plainCause = (cause: unknown) => (cause instanceof Error ? cause.message || cause.name : 'unknown');
