/**
 * What *Request Cancellation* in Temporal's UI does. Temporal would drop a workflow's activities and timers where they
 * are, and with them what they leave undone; ours come to an orderly end instead.
 */
import { CancellationScope } from '@temporalio/workflow';

/** Does all of `work` despite a cancellation; `onCancel` tells it once to come to its end. */
export async function endOrderly<Result>(onCancel: () => void, work: () => Promise<Result>): Promise<Result> {
  CancellationScope.current().cancelRequested.catch(onCancel);
  return await CancellationScope.nonCancellable(work);
}

/** The same for the handler of a message: Temporal runs handlers outside of the workflow's main function. */
export const despiteCancel =
  <Args extends unknown[], Result>(handler: (...args: Args) => Promise<Result>) =>
  async (...args: Args): Promise<Result> =>
    await CancellationScope.nonCancellable(() => handler(...args));
