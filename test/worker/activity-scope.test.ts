/** How attempts of activities end: by the worker, by the workflow, and reads by themselves when they hang. */
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context } from '@temporalio/activity';
import { TransientError } from '../../domain/errors.ts';
import { noteProgress, unlessCancelled, workScope } from '../../http/work-scope.ts';
import { inActivityScope } from '../../worker/activity-scope.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

function attemptOf(activityType: string) {
  const cancelled = new AbortController();
  const heartbeats: unknown[] = [];
  const context = {
    info: { activityType },
    cancellationSignal: cancelled.signal,
    heartbeat: (details: unknown) => void heartbeats.push(details),
  } as unknown as Context;
  return { context, heartbeats, cancel: () => cancelled.abort(new Error('cancelled')) };
}

const never = () => new Promise<never>(() => undefined);

/** Lets this much time pass in small steps, so that timers and promises take turns. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    jest.advanceTimersByTime(1_000);
    await setImmediate();
  }
}

test('a read without progress ends within a minute, with its heartbeats', async () => {
  const { context, heartbeats } = attemptOf('readDirectory');
  const read = inActivityScope(context, never);
  const failed = expect(read).rejects.toThrow(TransientError);
  await pass(60);
  await failed;
  const sent = heartbeats.length;
  await pass(20);
  expect(heartbeats.length).toBe(sent);
});

test('the requests of a read that hangs are cancelled', async () => {
  const { context } = attemptOf('readTimely');
  let signal: AbortSignal | undefined;
  const read = inActivityScope(context, () => {
    signal = workScope()?.signal;
    return never();
  });
  const failed = expect(read).rejects.toThrow('readTimely made no progress');
  await pass(60);
  await failed;
  expect(signal?.aborted).toBe(true);
});

test('a read whose requests are cancelled may end by itself', async () => {
  const { context } = attemptOf('beginCycle');
  const begun = inActivityScope(context, () =>
    unlessCancelled(never()).catch(() => 'a side is left to its own read'),
  );
  await pass(60);
  expect(await begun).toBe('a side is left to its own read');
});

test('a slow read that gets a page now and then goes on, and its heartbeats say how far it is', async () => {
  const { context, heartbeats } = attemptOf('readDirectory');
  const read = inActivityScope(context, async () => {
    for (let pages = 1; pages <= 6; pages += 1) {
      await new Promise((next) => setTimeout(next, 30_000));
      noteProgress({ stream: 'users', pages });
    }
    return 'read';
  });
  await pass(181);
  expect(await read).toBe('read');
  expect(heartbeats).toContainEqual({ stream: 'users', pages: 3 });
  // The last word stays until there is a newer one.
  expect(heartbeats.filter((said) => said !== undefined).length).toBeGreaterThan(60);
});

test('a long planning step is not ended', async () => {
  const { context, heartbeats } = attemptOf('makePlan');
  const planning = inActivityScope(context, async () => {
    await new Promise((next) => setTimeout(next, 300_000));
    return 'planned';
  });
  await pass(301);
  expect(await planning).toBe('planned');
  expect(heartbeats.length).toBeGreaterThan(140);
});

test('cancelling the activity cancels its requests, and waits that take no signal', async () => {
  const { context, cancel } = attemptOf('sendNotifications');
  const sent = inActivityScope(context, () => unlessCancelled(never()));
  const ended = expect(sent).rejects.toThrow('cancelled');
  cancel();
  await ended;
});
