import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SupersededError, TransientError } from '../../../domain/errors.ts';
import type { Fence } from '../../../store/fence.ts';
import { attemptsOf, noteAttempts } from '../../../store/planning/attempts.ts';
import { openCycle } from '../../../store/planning/cycles.ts';
import { openTestStore } from '../../support/database.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const minute = (number: number) => new Date(Date.UTC(2026, 10, 1, 8, number));
const subjects = ['bo', 'cy', 'di', 'ed'];
const noted = (subjectKey: string, at: number, seen: number | null = null) => ({
  subjectKey,
  at: minute(at),
  since: at * 100,
  seen: seen === null ? null : { at: minute(seen), since: seen * 100 },
});

async function openedCycle(tenant: string, opening = 'the first'): Promise<Fence> {
  const begin = { kind: 'full', configurationVersion: 0, now: minute(0) } as const;
  const { number } = await openCycle(store.database, tenant, opening, begin);
  return { tenant, cycle: number, opening };
}

test('notes several attempts at once, and keeps what the first one of each had seen', async () => {
  const fence = await openedCycle('several');
  const first = await noteAttempts(store.database, fence, [noted('cy', 1), noted('bo', 1)]);
  const second = await noteAttempts(store.database, fence, [noted('di', 2), noted('cy', 2, 1)]);
  expect([...first, ...second]).toEqual([null, null, null, null]);
  expect(await attemptsOf(store.database, fence.tenant, subjects)).toEqual(
    new Map([
      ['bo', { at: minute(1), since: 100 }],
      ['cy', { at: minute(2), since: 100 }],
      ['di', { at: minute(2), since: 200 }],
    ]),
  );
});

test('refuses those that another process has noted since, and no other', async () => {
  const fence = await openedCycle('raced');
  await noteAttempts(store.database, fence, [noted('bo', 1), noted('cy', 2)]);
  const ends = await noteAttempts(store.database, fence, [noted('bo', 3), noted('cy', 3, 1), noted('di', 3)]);
  expect(ends).toEqual([expect.any(TransientError), expect.any(TransientError), null]);
  expect(await attemptsOf(store.database, fence.tenant, subjects)).toEqual(
    new Map([
      ['bo', { at: minute(1), since: 100 }],
      ['cy', { at: minute(2), since: 200 }],
      ['di', { at: minute(3), since: 300 }],
    ]),
  );
});

test('notes one of two of the same subject at most', async () => {
  const fence = await openedCycle('twice');
  await expect(noteAttempts(store.database, fence, [noted('bo', 1), noted('bo', 1)])).rejects.toThrow();
  expect((await attemptsOf(store.database, fence.tenant, subjects)).size).toBe(0);
});

test('notes none of another run', async () => {
  const fence = await openedCycle('reset');
  const late = { ...fence, opening: 'after the reset' };
  expect(await noteAttempts(store.database, late, [noted('bo', 2), noted('cy', 2)])).toEqual([
    expect.any(SupersededError),
    expect.any(SupersededError),
  ]);
  expect((await attemptsOf(store.database, fence.tenant, subjects)).size).toBe(0);
});

test('notes none of a cycle that has ended', async () => {
  const late = await openedCycle('late');
  await openedCycle('late', 'the second');
  expect(await noteAttempts(store.database, late, [noted('bo', 2)])).toEqual([expect.any(SupersededError)]);
  expect((await attemptsOf(store.database, late.tenant, subjects)).size).toBe(0);
});

test('lets no other cycle begin before its attempts are noted', async () => {
  const fence = await openedCycle('waits');
  let opened = false;
  let opens: Promise<unknown> = Promise.resolve();
  await store.database.transaction(async (transaction) => {
    await noteAttempts(transaction, fence, [noted('bo', 1)]);
    opens = openedCycle(fence.tenant, 'the second').then(() => {
      opened = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(opened).toBe(false);
  });
  await opens;
  expect(opened).toBe(true);
});
