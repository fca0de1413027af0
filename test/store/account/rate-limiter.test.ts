import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPace } from '../../../store/account/rate-limiter.ts';
import { closeDatabase, openDatabase } from '../../../store/database.ts';
import type { Pace } from '../../../timely/ports.ts';
import { openTestStore } from '../../support/database.ts';

const ready = async () => undefined;

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Moments at which `count` requests may start, asked for by all of the paces at once. */
async function starts(paces: Pick<Pace, 'wait'>[], count: number): Promise<number[]> {
  const waits = Array.from({ length: count }, async (_value, index) => {
    await paces[index % paces.length]?.wait(ready);
    return Date.now();
  });
  return (await Promise.all(waits)).sort((a, b) => a - b);
}

test('several workers share one budget', async () => {
  const other = await openDatabase(store.url);
  const settings = { account: 'shared', requestsPerSecond: 50 };
  const moments = await starts([createPace(store.database, settings), createPace(other, settings)], 40);
  await closeDatabase(other);
  // The first starts at once; each of the others a fiftieth of a second after the one before, whoever asks.
  const tookMs = (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  expect(tookMs).toBeGreaterThan(39 * 20 * 0.9);
});

test('one account does not use up the budget of another', async () => {
  const busy = createPace(store.database, { account: 'busy', requestsPerSecond: 1 });
  await busy.wait(ready);
  const idle = createPace(store.database, { account: 'idle', requestsPerSecond: 1 });
  const before = Date.now();
  await idle.wait(ready);
  expect(Date.now() - before).toBeLessThan(900);
});

test('after "too many" nobody asks the account before the time that was told', async () => {
  const settings = { account: 'slowed', requestsPerSecond: 100 };
  const pace = createPace(store.database, settings);
  const { moment } = await pace.wait(ready);
  const before = Date.now();
  await pace.slowDown(moment, 1_400);
  await Promise.all([pace.wait(ready), createPace(store.database, settings).wait(ready)]);
  expect(Date.now() - before).toBeGreaterThanOrEqual(1_390);
});

test('whoever would have to wait for long is sent away with the time, at once', async () => {
  const pace = createPace(store.database, { account: 'patient', requestsPerSecond: 100 });
  await pace.slowDown((await pace.wait(ready)).moment, 30_000);
  const before = Date.now();
  const outcomes = await Promise.allSettled([pace.wait(ready), pace.wait(ready)]);
  expect(Date.now() - before).toBeLessThan(5_000);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'ThrottledError' } });
  }
});

test('what was found about an account is known to workers that start later', async () => {
  const settings = { account: 'remembered', requestsPerSecond: 20 };
  const pace = createPace(store.database, settings);
  const moments = await Promise.all(Array.from({ length: 12 }, () => pace.wait(ready)));
  await pace.slowDown(moments.at(-1)?.moment ?? 0, 0);
  const later = createPace(store.database, settings);
  expect(await later.perSecond()).toBeLessThan(9.9);
  expect(await createPace(store.database, { ...settings, requestsPerSecond: 3 }).perSecond()).toBe(3);
});

test('two tenants that write to one account share its budget, each within what its own file allows', async () => {
  const fast = createPace(store.database, { account: 'both', requestsPerSecond: 100 });
  const slow = createPace(store.database, { account: 'both', requestsPerSecond: 10 });
  const tookMs = async (paces: Pick<Pace, 'wait'>[], count: number) => {
    const moments = await starts(paces, count);
    return (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  };
  await fast.wait(ready);
  expect(await tookMs([slow], 6)).toBeGreaterThanOrEqual(450);
  expect(await tookMs([fast], 20)).toBeLessThan(450);
});
