import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { openTestStore } from '../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

test('fails only the transaction whose connection breaks', async () => {
  const { database } = store;
  const broken = database.transaction(async (transaction) => {
    const { rows } = await transaction.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await database.execute(sql`select pg_terminate_backend(${rows[0]?.pid})`);
    // No query is sent while the server ends the connection.
    while ((await backends(rows[0]?.pid ?? 0)) > 0);
    await transaction.execute(sql`select 1`);
  });
  await expect(broken).rejects.toThrow();
  expect((await database.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
});

test('a statement does not wait for a lock for ever', async () => {
  const { rows } = await store.database.execute<{ lock_timeout: string }>(sql`show lock_timeout`);
  expect(rows).toEqual([{ lock_timeout: '40s' }]);
});

async function backends(pid: number): Promise<number> {
  const { rows } = await store.database.execute(sql`select 1 from pg_stat_activity where pid = ${pid}`);
  return rows.length;
}

test('lets PostgreSQL end the transaction of a worker that sleeps in it', async () => {
  const { rows } = await store.database.execute(sql`show idle_in_transaction_session_timeout`);
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: '1min' }]);
});
