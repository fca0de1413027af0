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

/** Moments at which `count` requests may start, asked for by all of the paces at once. */
async function starts(paces: Pick<RateLimiter, 'wait'>[], count: number): Promise<number[]> {
  const waits = Array.from({ length: count }, async (_value, index) => {
    await paces[index % paces.length]?.wait(ready);
    return Date.now();
  });
  return (await Promise.all(waits)).sort((a, b) => a - b);
}

test('several workers share one budget', async () => {
  const other = await openDatabase(store.url);
  const settings = { account: 'shared', requestsPerSecond: 50 };
  const moments = await starts(
    [createRateLimiter(store.database, settings), createRateLimiter(other, settings)],
    40,
  );
  await closeDatabase(other);
  // The first starts at once; each of the others a fiftieth of a second after the one before, whoever asks.
  const tookMs = (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  expect(tookMs).toBeGreaterThan(39 * 20 * 0.9);
});

test('one account does not use up the budget of another', async () => {
  const busy = createRateLimiter(store.database, { account: 'busy', requestsPerSecond: 1 });
  await busy.wait(ready);
  const idle = createRateLimiter(store.database, { account: 'idle', requestsPerSecond: 1 });
  const before = Date.now();
  await idle.wait(ready);
  expect(Date.now() - before).toBeLessThan(900);
});

test('after "too many" nobody asks the account before the time that was told', async () => {
  const settings = { account: 'slowed', requestsPerSecond: 100 };
  const rateLimiter = createRateLimiter(store.database, settings);
  const { moment } = await rateLimiter.wait(ready);
  const before = Date.now();
  await rateLimiter.backOff(moment, 1_400);
  await Promise.all([rateLimiter.wait(ready), createRateLimiter(store.database, settings).wait(ready)]);
  expect(Date.now() - before).toBeGreaterThanOrEqual(1_390);
});

test('whoever would have to wait for long is sent away with the time, at once', async () => {
  const rateLimiter = createRateLimiter(store.database, { account: 'patient', requestsPerSecond: 100 });
  await rateLimiter.backOff((await rateLimiter.wait(ready)).moment, 30_000);
  const before = Date.now();
  const outcomes = await Promise.allSettled([rateLimiter.wait(ready), rateLimiter.wait(ready)]);
  expect(Date.now() - before).toBeLessThan(5_000);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'ThrottledError' } });
  }
});

test('what was found about an account is known to workers that start later', async () => {
  const settings = { account: 'remembered', requestsPerSecond: 20 };
  const rateLimiter = createRateLimiter(store.database, settings);
  const moments = await Promise.all(Array.from({ length: 12 }, () => rateLimiter.wait(ready)));
  await rateLimiter.backOff(moments.at(-1)?.moment ?? 0, 0);
  const later = createRateLimiter(store.database, settings);
  expect(await later.perSecond()).toBeLessThan(9.9);
  expect(await createRateLimiter(store.database, { ...settings, requestsPerSecond: 3 }).perSecond()).toBe(3);
});

test('two tenants that write to one account share its budget, each within what its own file allows', async () => {
  const fast = createRateLimiter(store.database, { account: 'both', requestsPerSecond: 100 });
  const slow = createRateLimiter(store.database, { account: 'both', requestsPerSecond: 10 });
  const tookMs = async (paces: Pick<RateLimiter, 'wait'>[], count: number) => {
    const moments = await starts(paces, count);
    return (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  };
  await fast.wait(ready);
  expect(await tookMs([slow], 6)).toBeGreaterThanOrEqual(450);
  expect(await tookMs([fast], 20)).toBeLessThan(450);
});
