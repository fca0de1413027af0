/** What workers share about a directory: its rate, and credentials that it refused. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRequestBudgets } from '../../../store/account/request-budget.ts';
import { createSignInMemories } from '../../../store/account/sign-in-memory.ts';
import { closeDatabase, type Database, openDatabase } from '../../../store/database.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let other: Database;

beforeAll(async () => {
  store = await openTestStore();
  other = await openDatabase(store.url);
});
afterAll(async () => {
  await closeDatabase(other);
  await store.close();
});

test('requests of two workers are evenly spread, and at most a tenth of a minute starts in five seconds', async () => {
  // A tenth of the time of a real tenant: 1,200 a minute are 20 a second.
  const perMinute = 1_200;
  const budgets = [store.database, other].map((database) =>
    createRequestBudgets(database)('host', perMinute),
  );
  const begunMs = performance.now();
  const moments = await Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      await budgets[index % 2]?.wait();
      return performance.now() - begunMs;
    }),
  );
  const sorted = moments.toSorted((one, next) => one - next);
  expect(sorted.at(-1)).toBeGreaterThan((28 / 20) * 1_000 * 0.95);
  const windowMs = 500;
  const most = Math.max(
    ...sorted.map((start) => sorted.filter((each) => each >= start && each < start + windowMs).length),
  );
  // A late timer may move one more into a window.
  expect(most).toBeLessThanOrEqual(12 + 1);
});

test('a pause holds up every worker', async () => {
  const [one, two] = [store.database, other].map((database) => createRequestBudgets(database)('paused', 600));
  await one?.wait();
  await one?.pause(60_000);
  await expect(two?.wait()).rejects.toMatchObject({ name: 'ThrottledError' });
});

test('a start that another worker has reserved is void after a pause', async () => {
  const [one, two] = [store.database, other].map((database) => createRequestBudgets(database)('void', 60));
  await one?.wait();
  const waiting = two?.wait();
  const outcome = expect(waiting).rejects.toMatchObject({ name: 'ThrottledError' });
  await setTimeout(200);
  await one?.pause(60_000);
  await outcome;
});

test('a refused credential is known to every worker, and a new one is another', async () => {
  const until = new Date(Date.now() + 1_800_000);
  await createSignInMemories(store.database)('host', 'old', 'file').refuse(until);
  const memories = createSignInMemories(other);
  expect(await memories('host', 'old', 'file').refusedUntil()).toEqual(until);
  expect(await memories('host', 'new', 'file').refusedUntil()).toBeNull();
  expect(await memories('elsewhere', 'old', 'file').refusedUntil()).toBeNull();
});

test('a refused credential is tried once in each new configuration, and three times in all', async () => {
  const memories = createSignInMemories(store.database);
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);
  const until = [minutes(10), minutes(20), minutes(30)];
  for (const [index, end] of until.entries()) {
    const ofFile = memories('host', 'wrong', `file ${index}`);
    expect(await ofFile.refusedUntil()).toBeNull();
    await ofFile.refuse(end);
    expect(await ofFile.refusedUntil()).toEqual(end);
  }
  expect(await memories('host', 'wrong', 'file 3').refusedUntil()).toEqual(until[0]);
});
