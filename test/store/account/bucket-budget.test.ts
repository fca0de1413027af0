/** Half of each limit that a directory states, over all workers and tenants (docs/reference/okta.md section 8). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createBucketBudgets } from '../../../store/account/bucket-budget.ts';
import { closeDatabase, openDatabase } from '../../../store/database.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

type Budget = ReturnType<ReturnType<typeof createBucketBudgets>>;

/** How long so many requests wait that are asked for at once. */
async function waitedMs(budgets: Budget[], count: number): Promise<number> {
  const from = Date.now();
  await Promise.all(Array.from({ length: count }, (_, index) => budgets[index % budgets.length]?.wait()));
  return Date.now() - from;
}

const budgetOf = (host: string, bucket = 'users') => createBucketBudgets(store.database)(host, bucket);

test('no minute has more than half of the limit, with what may start at once after a rest', async () => {
  const budget = budgetOf('half.okta.example');
  budget.limit(6_000);
  const [share, burst] = [3_000, 150];
  // The rest of the share is spread over the minute.
  const more = 60;
  const leastMs = (more / (share - burst)) * 60_000;
  expect(await waitedMs([budget], burst + more)).toBeGreaterThan(leastMs * 0.9);
});

test('workers share the budget of an org, whichever tenant it is', async () => {
  const other = await openDatabase(store.url);
  const one = budgetOf('shared.okta.example');
  const two = createBucketBudgets(other)('shared.okta.example', 'users');
  for (const budget of [one, two]) budget.limit(1_200);
  const took = await waitedMs([one, two], 40);
  await closeDatabase(other);
  // Thirty start at once, and the others each a tenth of a second after the one before.
  expect(took).toBeGreaterThan(800);
});

test('buckets, and orgs, wait for themselves alone', async () => {
  const busy = budgetOf('apart.okta.example', 'groups');
  await busy.wait();
  await busy.pause(5_000);
  const from = Date.now();
  await budgetOf('apart.okta.example', 'users').wait();
  await budgetOf('other.okta.example', 'groups').wait();
  expect(Date.now() - from).toBeLessThan(2_000);
});

test('a pause stops every worker until it is over', async () => {
  const budget = budgetOf('paused.okta.example');
  await budget.wait();
  await budget.pause(600);
  expect(await waitedMs([budgetOf('paused.okta.example')], 1)).toBeGreaterThan(500);
});

test('too many requests at one time stop every bucket of the org, for all workers and tenants', async () => {
  const other = await openDatabase(store.url);
  const buckets = ['users', 'groups', 'groups/{id}'].map((name) => budgetOf('crowded.okta.example', name));
  const elsewhere = createBucketBudgets(other)('crowded.okta.example', 'users');
  const org = budgetOf('crowded.okta.example.other');
  await waitedMs([...buckets, elsewhere, org], 5);
  await buckets[0]?.pauseAll(900);
  const [waited, elsewhereWaited, orgWaited] = await Promise.all([
    ...[buckets.slice(1), [elsewhere], [org]].map((budgets) => waitedMs(budgets, budgets.length)),
  ]);
  await closeDatabase(other);
  expect(waited).toBeGreaterThan(800);
  expect(elsewhereWaited).toBeGreaterThan(800);
  expect(orgWaited).toBeLessThan(700);
});

test('an answer without a limit does not lift the one that was stated', async () => {
  const budget = budgetOf('stated.okta.example');
  budget.limit(600);
  budget.limit(null);
  // A new budget has not rested yet, so each waits for its fifth of a second.
  expect(await waitedMs([budget], 3)).toBeGreaterThan(300);
});

test('an org that states no limit makes nobody wait', async () => {
  const budget = budgetOf('unlimited.okta.example');
  budget.limit(null);
  expect(await waitedMs([budget], 300)).toBeLessThan(2_000);
});
