/**
 * Heartbeats of activities, and what ends them: the workflow, the worker's shutdown, and reads that hang. Cancellation
 * reaches every request and wait of the activity by its scope (http/work-scope.ts).
 */
import { setMaxListeners } from 'node:events';
import type { Context } from '@temporalio/activity';
import { TransientError } from '../domain/errors.ts';
import { inWorkScope } from '../http/work-scope.ts';

/** Well below the shortest heartbeat time-out (workflows/activity-proxies.ts). */
const heartbeatEveryMs = 2_000;

/**
 * Reads, which may take an hour: a heartbeat by the clock alone would keep one alive that hangs. Each response, each turn
 * of the rate limiter and each stored page is progress. Other activities end by their time limits, and long arithmetic
 * makes no progress that could be seen.
 */
const reads: readonly string[] = ['beginCycle', 'readDirectory', 'readTimely'];

/** A read ends after this time without progress: longer than one request may take, and within a minute in all. */
const silenceMaxMs = 45_000;
/** How long a read may take to end after its requests were cancelled. */
const endsWithinMs = 5_000;

/**
 * Runs an attempt of an activity. Heartbeats carry what the activity last said about its progress.
 * @throws TransientError for a read without progress; its heartbeats end as well, so that Temporal frees what does not end
 */
export async function inActivityScope<Result>(context: Context, run: () => Promise<Result>): Promise<Result> {
  const { activityType } = context.info;
  const silent = new AbortController();
  const signal = AbortSignal.any([context.cancellationSignal, silent.signal]);
  // Each of its requests and waits listens.
  setMaxListeners(0, signal);
  let details: unknown;
  let silentTicks = 0;
  const noteProgress = (said?: unknown) => {
    silentTicks = 0;
    details = said ?? details;
  };
  // Its requests end at once, so most reads end by themselves: one that begins a cycle leaves the side to its own read.
  const failure = new Promise<never>((_, reject) => {
    silent.signal.addEventListener('abort', () => {
      setTimeout(() => reject(silent.signal.reason), endsWithinMs).unref();
    });
  });
  // Ticks, not a clock: while arithmetic blocks the process, nothing can be noted.
  const heartbeats = setInterval(() => {
    silentTicks += 1;
    const hangs = reads.includes(activityType) && silentTicks * heartbeatEveryMs >= silenceMaxMs;
    if (!hangs) return context.heartbeat(details);
    clearInterval(heartbeats);
    silent.abort(hangingRead(activityType));
  }, heartbeatEveryMs);
  try {
    const attempt = inWorkScope({ signal, noteProgress }, run).catch((error: unknown) => {
      throw silent.signal.aborted ? silent.signal.reason : error;
    });
    return await Promise.race([attempt, failure]);
  } finally {
    clearInterval(heartbeats);
  }
}

const hangingRead = (activityType: string) =>
  new TransientError(`${activityType} made no progress for ${silenceMaxMs / 1000} s and was ended`, {
    remedy: 'Check that the service and the store answer. The sync retries by itself.',
  });
