import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { inBatches } from '../../../activities/read/in-batches.ts';

/** Pages 1 to `count`; notes in `log` when each is read, and when the reading ends. */
async function* pages(count: number, log: string[], failAt = 0) {
  try {
    for (let page = 1; page <= count; page += 1) {
      log.push(`reads ${page}`);
      if (page === failAt) throw new Error(`page ${page} cannot be read`);
      yield page;
    }
  } finally {
    log.push('ends');
  }
}

async function stored(batches: AsyncIterable<number[]>, log: string[]): Promise<void> {
  for await (const batch of batches) {
    log.push(`stores ${batch.join(' ')}`);
    await nextTurn();
  }
}

const storedIn = (log: string[]) => log.filter((line) => line.startsWith('stores'));

test('what is read while a batch is stored is the next batch', async () => {
  const log: string[] = [];
  await stored(inBatches(pages(6, log), 2), log);
  const numbers = storedIn(log).map((line) => line.split(' ').slice(1).map(Number));
  expect(numbers.flat()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(numbers.some((batch) => batch.length > 1)).toBe(true);
});

test('no more pages than asked for are read ahead', async () => {
  const log: string[] = [];
  for await (const batch of inBatches(pages(20, log), 3)) {
    // However long it takes to store them.
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    const read = log.filter((line) => line.startsWith('reads')).length;
    // The one that is read while three wait is the fourth.
    expect(read).toBeLessThanOrEqual((batch.at(-1) ?? 0) + 4);
  }
  expect(log.at(-1)).toBe('ends');
});

test('a page that cannot be read fails after those before it are stored', async () => {
  const log: string[] = [];
  await expect(stored(inBatches(pages(3, log, 3), 4), log)).rejects.toThrow('page 3 cannot be read');
  expect(storedIn(log).join(' ').match(/\d/g)).toEqual(['1', '2']);
});

test('a page that cannot be stored ends the reading, also when the page after it fails', async () => {
  const log: string[] = [];
  const storing = (async () => {
    for await (const [page] of inBatches(pages(3, log, 2), 4))
      throw new Error(`page ${page} cannot be stored`);
  })();
  await expect(storing).rejects.toThrow('page 1 cannot be stored');
  await nextTurn();
  expect(log).toEqual(['reads 1', 'reads 2', 'ends']);
});
