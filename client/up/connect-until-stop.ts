import { setTimeout as sleep } from 'node:timers/promises';
import {
  Connection,
  defaultGrpcRetryOptions,
  type GrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';

/**
 * A connection that closes at the stop, so that nothing that is still asked keeps the process alive. Temporal goes away at the same time, and
 * its client would try a cut-off request again on the closed connection: that throws in a timer, where nothing catches it.
 */
export async function connectUntilStop(address: string, stopRequested: Promise<void>): Promise<Connection> {
  const { retries, lastRetry } = retriesUntil(stopRequested);
  const connection = await Connection.connect({
    address,
    interceptors: [makeGrpcRetryInterceptor(retries)],
  });
  void stopRequested.then(lastRetry).then(() => connection.close());
  return connection;
}

/** The usual retries, none of which begins after the stop. `lastRetry` resolves when those from before have been sent. */
export function retriesUntil(stopRequested: Promise<void>): {
  retries: GrpcRetryOptions;
  lastRetry: () => Promise<void>;
} {
  const usual = defaultGrpcRetryOptions();
  let hasStopped = false;
  let lastRetryAtMs = 0;
  void stopRequested.then(() => {
    hasStopped = true;
  });
  return {
    retries: {
      retryableDecider: (attempt, status) => !hasStopped && usual.retryableDecider(attempt, status),
      delayFunction: (attempt, status) => {
        const delayMs = usual.delayFunction(attempt, status);
        lastRetryAtMs = Math.max(lastRetryAtMs, Date.now() + delayMs);
        return delayMs;
      },
    },
    // A timer may be late by a millisecond.
    lastRetry: () => sleep(Math.max(lastRetryAtMs - Date.now() + 1, 0)),
  };
}
