/** A request that the stop of `up` cuts off must not be sent again on a closed connection: that ends `up` with a stack trace. */
import { expect, test } from '@jest/globals';
import type { GrpcRetryOptions } from '@temporalio/client';
import { retriesUntil } from '../../client/up/connect-until-stop.ts';

/** What a request ends with when the server goes away (UNAVAILABLE of gRPC). */
const goneAway = { code: 14, details: 'Connection dropped' } as Parameters<
  GrpcRetryOptions['retryableDecider']
>[1];

function stoppable() {
  let stop = () => {};
  const requested = new Promise<void>((resolve) => {
    stop = resolve;
  });
  return { requested, stop };
}

test('a request that is cut off is tried again before the stop, and not after it', async () => {
  const { requested, stop } = stoppable();
  const { retries } = retriesUntil(requested);
  expect(retries.retryableDecider(1, goneAway)).toBe(true);
  stop();
  await requested;
  expect(retries.retryableDecider(1, goneAway)).toBe(false);
});

test('the connection stays open for a try that was begun before the stop', async () => {
  const { requested, stop } = stoppable();
  const { retries, lastRetry } = retriesUntil(requested);
  const retryAtMs = Date.now() + retries.delayFunction(1, goneAway);
  stop();
  await requested;
  await lastRetry();
  expect(Date.now()).toBeGreaterThanOrEqual(retryAtMs);
});
