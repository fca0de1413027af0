/** Turns any error that ended a command into one sentence and an exit code. */
import {
  ActivityExecutionFailedError,
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { failureTypes, isErrorOfType } from '../domain/errors.ts';
import { oneLine } from '../domain/shown-text.ts';
import { CommandError, exitCodes, sentenceOf } from './exit-codes.ts';
import { SilentWorkerError, silentWorker, taskQueue } from './remote/task-queue.ts';

/** gRPC's numbers of the answers that the command can say something about (grpc.github.io/grpc/core, status codes). */
const grpc = {
  permissionDenied: 7,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
};

/** What the client throws when a workflow, an Update or an activity has failed, or a worker refused (remote/on-worker.ts). */
const failureKinds = [
  WorkflowUpdateFailedError,
  WorkflowFailedError,
  ActivityExecutionFailedError,
  ApplicationFailure,
];

/** Failure types, thrown by a worker, that say that what was typed makes no sense. */
const wrongUseTypes: readonly string[] = [failureTypes.wrongUse, failureTypes.configuration];

/** The error as a `CommandError`: an exit code and one sentence, never a stack trace. */
export function explainError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (isErrorOfType(error, failureTypes.configuration)) {
    return new CommandError(exitCodes.wrongUse, `${error.message}\n${error.remedy}`.trim(), error);
  }
  // What the payload codec says (client/remote/connection.ts).
  if (error instanceof ServiceError && isErrorOfType(error.cause, failureTypes.configuration))
    return explainError(error.cause);
  // A worker that begins here has found no Temporal, or no store.
  if (isErrorOfType(error, failureTypes.transient))
    return new CommandError(exitCodes.notReachable, error.message, error);
  if (workerIsSilent(error)) return silentWorker(taskQueue(), error);
  return explainTemporalError(error) ?? new CommandError(exitCodes.failed, sentenceOf(error), error);
}

/** Whether Temporal is there but no worker took up what was asked, or not in time. */
export function workerIsSilent(error: unknown): boolean {
  if (error instanceof SilentWorkerError) return true;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  // A server that sees the time limit first answers CANCELLED.
  if (isGrpcDeadlineError(error) || isGrpcCancelledError(error)) return true;
  const failed = error instanceof WorkflowFailedError || error instanceof ActivityExecutionFailedError;
  if (failed && error.cause instanceof TimeoutFailure) return true;
  return grpcCodeOf(error) === grpc.failedPrecondition;
}

/** Whether the Temporal server is too old for what it was asked. */
export function serverLacksMethod(error: unknown): boolean {
  return grpcCodeOf(error) === grpc.unimplemented;
}

/** Whether the connection broke, or Temporal asks to try again. */
export function temporalIsAway(error: unknown): boolean {
  const code = grpcCodeOf(error);
  return code === grpc.unavailable || code === grpc.aborted;
}

function explainTemporalError(error: unknown): CommandError | null {
  if (failureKinds.some((kind) => error instanceof kind) && error instanceof Error) {
    const failure = rootOf(error);
    const type = failure instanceof ApplicationFailure ? (failure.type ?? '') : '';
    const isWrongUse = wrongUseTypes.includes(type);
    // Only the problems of a tenant file are lines; other messages may quote names.
    const said = type === failureTypes.configuration ? sentenceOf(failure) : oneLine(sentenceOf(failure));
    const message = [said, ...remedyOf(failure)].join('\n');
    return new CommandError(isWrongUse ? exitCodes.wrongUse : exitCodes.failed, message, error);
  }
  if (error instanceof NamespaceNotFoundError) {
    const message = `Temporal has no namespace ${error.namespace}: set TEMPORAL_NAMESPACE.`;
    return new CommandError(exitCodes.notReachable, message, error);
  }
  if (temporalIsAway(error)) {
    return new CommandError(exitCodes.notReachable, 'Temporal stopped answering: try again.', error);
  }
  const code = grpcCodeOf(error);
  if (code === grpc.unauthenticated || code === grpc.permissionDenied) {
    const message = 'Temporal refuses us: check TEMPORAL_API_KEY and TEMPORAL_NAMESPACE.';
    return new CommandError(exitCodes.notReachable, message, error);
  }
  return null;
}

/** What an operator can do about it; a worker puts it beside the message (worker/activity-failures.ts). */
function remedyOf(failure: Error): string[] {
  const remedy: unknown = failure instanceof ApplicationFailure ? failure.details?.[0] : undefined;
  return typeof remedy === 'string' ? [oneLine(remedy)] : [];
}

function grpcCodeOf(error: unknown): number | null {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : null;
}

/** The innermost failure: Temporal wraps one for each workflow and activity that it went through. */
function rootOf(error: Error): Error {
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}
