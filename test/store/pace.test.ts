import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { closeDatabase, openDatabase } from '../../store/database.ts';
import { createPace } from '../../store/pace.ts';
import { openTestStore } from '../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Moments at which `count` requests may start, asked for by all of the paces at once. */
async function starts(paces: { wait(): Promise<number> }[], count: number): Promise<number[]> {
  const waits = Array.from({ length: count }, async (_value, index) => {
    await paces[index % paces.length]?.wait();
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
  await busy.wait();
  const idle = createPace(store.database, { account: 'idle', requestsPerSecond: 1 });
  const before = Date.now();
  await idle.wait();
  expect(Date.now() - before).toBeLessThan(900);
});

test('after "too many" nobody asks the account before the time that was told', async () => {
  const settings = { account: 'slowed', requestsPerSecond: 100 };
  const pace = createPace(store.database, settings);
  const moment = await pace.wait();
  const before = Date.now();
  await pace.slowDown(moment, 1_400);
  await Promise.all([pace.wait(), createPace(store.database, settings).wait()]);
  expect(Date.now() - before).toBeGreaterThanOrEqual(1_390);
});
