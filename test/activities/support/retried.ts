/** Activities in this process, tried again as Temporal tries them, with the clock put forward instead of waiting. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import {
  AttemptsExhaustedError,
  ThrottledError,
  TransientError,
  UncertainWriteError,
} from '../../../domain/errors.ts';

const attemptsMax = 20;
/** Failed attempts are what the tests are about: they are not logged. */
const quiet = new DefaultLogger('ERROR');

/** What activities see of one attempt. */
export const attemptOf = (attempt: number) => new MockActivityEnvironment({ attempt }, { logger: quiet });

/** A change that is left to the next cycle is tried on here: no loop comes back soon. */
const triedAgain = [AttemptsExhaustedError, ThrottledError, TransientError, UncertainWriteError];

/** Runs until an attempt succeeds. `passing` puts the clock of the activities forward. */
export async function retried<Result>(
  passing: (ms: number) => void,
  run: (environment: MockActivityEnvironment, attempt: number) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run(attemptOf(attempt), attempt);
    } catch (error) {
      if (attempt === attemptsMax || !triedAgain.some((kind) => error instanceof kind)) throw error;
      passing(error instanceof UncertainWriteError ? (error.retryAfterMs ?? 0) : 1_000);
    }
  }
}
