import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRateLimiter } from '../../../store/account/rate-limiter.ts';
import { closeDatabase, openDatabase } from '../../../store/database.ts';
import type { RateLimiter } from '../../../timely/ports.ts';
import { openTestStore } from '../../support/database.ts';

const ready = async () => undefined;

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Moments at which `count` requests may start, when all of the limiters are asked at once. */
async function starts(limiters: Pick<RateLimiter, 'wait'>[], count: number): Promise<number[]> {
  const waits = Array.from({ length: count }, async (_value, index) => {
    await limiters[index % limiters.length]?.wait(ready);
    return Date.now();
  });
  return (await Promise.all(waits)).sort((a, b) => a - b);
}

/** The shortest time in which one more request started than the rate allows in a second. */
const shortestSecondMs = (moments: number[], perSecond: number) =>
  Math.min(...moments.slice(perSecond).map((moment, index) => moment - (moments[index] ?? 0)));

test('shares one budget between several workers', async () => {
  const other = await openDatabase(store.url);
  const settings = { account: 'shared', requestsPerSecond: 50 };
  const moments = await starts(
    [createRateLimiter(store.database, settings), createRateLimiter(other, settings)],
    90,
  );
  await closeDatabase(other);
  // No second has more of them, on any worker: the times are ours, the moments the store's.
  expect(shortestSecondMs(moments, 50)).toBeGreaterThan(900);
  expect((moments.at(-1) ?? 0) - (moments[0] ?? 0)).toBeGreaterThan(89 * 20 * 0.9);
});

test('catches up with a pause, and starts no more in any second than the rate allows', async () => {
  const rateLimiter = createRateLimiter(store.database, { account: 'rested', requestsPerSecond: 40 });
  await Promise.all(Array.from({ length: 20 }, () => rateLimiter.wait(ready)));
  await sleep(600);
  const moments = await starts([rateLimiter], 40);
  const halfMs = (moments[19] ?? 0) - (moments[0] ?? 0);
  // At the rate, twenty requests take 475 ms.
  expect(halfMs).toBeLessThan(400);
  const slots = await Promise.all(Array.from({ length: 60 }, () => rateLimiter.wait(ready)));
  expect(
    shortestSecondMs(
      slots.map(({ moment }) => moment),
      40,
    ),
  ).toBeGreaterThan(960);
});

test('catches up with nothing while a limit of the account is known', async () => {
  const settings = { account: 'limited', requestsPerSecond: 100 };
  const rateLimiter = createRateLimiter(store.database, settings);
  const slots = await Promise.all(Array.from({ length: 20 }, () => rateLimiter.wait(ready)));
  await rateLimiter.backOff(slots.at(-1)?.moment ?? 0, 0);
  await sleep(1_500);
  const perSecond = await rateLimiter.perSecond();
  const moments = await starts([rateLimiter], 10);
  expect((moments.at(-1) ?? 0) - (moments[0] ?? 0)).toBeGreaterThan((9_000 / perSecond) * 0.8);
});

test('keeps the budgets of two accounts apart', async () => {
  const busy = createRateLimiter(store.database, { account: 'busy', requestsPerSecond: 1 });
  await busy.wait(ready);
  const idle = createRateLimiter(store.database, { account: 'idle', requestsPerSecond: 1 });
  const before = Date.now();
  await idle.wait(ready);
  expect(Date.now() - before).toBeLessThan(900);
});

test('sends no request to the account before the Retry-After of a 429 has passed', async () => {
  const settings = { account: 'slowed', requestsPerSecond: 100 };
  const rateLimiter = createRateLimiter(store.database, settings);
  const { moment } = await rateLimiter.wait(ready);
  const before = Date.now();
  await rateLimiter.backOff(moment, 1_400);
  await Promise.all([rateLimiter.wait(ready), createRateLimiter(store.database, settings).wait(ready)]);
  expect(Date.now() - before).toBeGreaterThanOrEqual(1_390);
});

test('rejects a long wait at once, with its length', async () => {
  const rateLimiter = createRateLimiter(store.database, { account: 'patient', requestsPerSecond: 100 });
  await rateLimiter.backOff((await rateLimiter.wait(ready)).moment, 30_000);
  const before = Date.now();
  const outcomes = await Promise.allSettled([rateLimiter.wait(ready), rateLimiter.wait(ready)]);
  expect(Date.now() - before).toBeLessThan(5_000);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'ThrottledError' } });
  }
});

test('gives the rate that was found to workers that start later', async () => {
  const settings = { account: 'remembered', requestsPerSecond: 20 };
  const rateLimiter = createRateLimiter(store.database, settings);
  const moments = await Promise.all(Array.from({ length: 12 }, () => rateLimiter.wait(ready)));
  await rateLimiter.backOff(moments.at(-1)?.moment ?? 0, 0);
  const later = createRateLimiter(store.database, settings);
  expect(await later.perSecond()).toBeLessThan(11);
  expect(await createRateLimiter(store.database, { ...settings, requestsPerSecond: 3 }).perSecond()).toBe(3);
});

test('shares the budget of two tenants with one account, each within its own tenant file', async () => {
  const fast = createRateLimiter(store.database, { account: 'both', requestsPerSecond: 100 });
  const slow = createRateLimiter(store.database, { account: 'both', requestsPerSecond: 10 });
  const tookMs = async (limiters: Pick<RateLimiter, 'wait'>[], count: number) => {
    const moments = await starts(limiters, count);
    return (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  };
  await fast.wait(ready);
  // Less a millisecond of rounding for each start.
  expect(await tookMs([slow], 6)).toBeGreaterThanOrEqual(440);
  expect(await tookMs([fast], 20)).toBeLessThan(450);
});

test('a cancelled wait leaves the queue, and the others go on', async () => {
  const rateLimiter = createRateLimiter(store.database, { account: 'left', requestsPerSecond: 4 });
  const cancelled = new AbortController();
  const work = { signal: cancelled.signal, noteProgress: () => undefined };
  const before = Date.now();
  await rateLimiter.wait(ready);
  const left = Array.from({ length: 8 }, () => rateLimiter.wait(ready, work));
  const stays = rateLimiter.wait(ready);
  const refused = Promise.all(left.map((wait) => expect(wait).rejects.toThrow('the worker ends')));
  cancelled.abort(new Error('the worker ends'));
  await refused;
  await stays;
  expect(Date.now() - before).toBeLessThan(3_000);
});

test('a queue that moves is progress of those who wait', async () => {
  const rateLimiter = createRateLimiter(store.database, { account: 'moving', requestsPerSecond: 10 });
  const noted: number[] = [];
  const work = { signal: new AbortController().signal, noteProgress: () => void noted.push(Date.now()) };
  await Promise.all(Array.from({ length: 5 }, () => rateLimiter.wait(ready, work)));
  expect(noted.length).toBeGreaterThan(0);
});

test('gives a budget with a burst its requests at once after a rest, and then one at each interval', async () => {
  const settings = { account: 'stated', requestsPerSecond: 10, burst: 3, isLearnt: false };
  const rateLimiter = createRateLimiter(store.database, settings);
  await rateLimiter.wait(ready);
  await sleep(600);
  const moments = await starts([rateLimiter], 6);
  const since = moments.map((moment) => moment - (moments[0] ?? 0));
  expect(since[2]).toBeLessThan(150);
  expect(since[5]).toBeGreaterThan(250);
});
