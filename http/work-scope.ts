/**
 * What surrounds a piece of work without being handed from function to function: the signal that ends its requests and
 * waits, and where it notes progress. The worker opens a scope for each activity (worker/activity-scope.ts); commands have
 * none. It is not Temporal's own context, because `http/` and `timely/` know no Temporal.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface WorkScope {
  signal: AbortSignal;
  /** The work got further. `details`: how far, for Temporal's UI. */
  noteProgress(details?: unknown): void;
}

const scopes = new AsyncLocalStorage<WorkScope | null>();

/** Does the work in a scope. */
export const inWorkScope = <Result>(scope: WorkScope, work: () => Result): Result => scopes.run(scope, work);

/** Does work that must not be cut off in the middle: an exchange of a token that works only once. */
export const uncancelled = <Result>(work: () => Result): Result => scopes.run(null, work);

/** The scope of the work that calls; null outside one. */
export const workScope = (): WorkScope | null => scopes.getStore() ?? null;

/** Notes that the work got further: a worker ends a read that does not. */
export const noteProgress = (details?: unknown): void => workScope()?.noteProgress(details);

/** A signal that aborts with the work as well as with the other one. */
export function withCancellation(other?: AbortSignal | null): AbortSignal | null {
  const signal = workScope()?.signal ?? null;
  return other && signal ? AbortSignal.any([other, signal]) : (other ?? signal);
}

/**
 * For what takes no signal, or not at once: stops waiting for it when the signal aborts. Default: the signal of the work.
 * @throws the signal's reason
 */
export async function unlessCancelled<Result>(
  result: Promise<Result>,
  signal: AbortSignal | null = workScope()?.signal ?? null,
): Promise<Result> {
  if (!signal) return await result;
  let stopWaiting: () => void = () => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    stopWaiting = () => reject(signal.reason);
    signal.addEventListener('abort', stopWaiting);
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([result, cancelled]);
  } finally {
    signal.removeEventListener('abort', stopWaiting);
  }
}
