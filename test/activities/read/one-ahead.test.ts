import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { oneAhead } from '../../../activities/read/one-ahead.ts';

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

async function stored(items: AsyncIterable<number>, log: string[]): Promise<void> {
  for await (const page of items) {
    log.push(`stores ${page}`);
    await nextTurn();
  }
}

test('reads one page ahead, and no more', async () => {
  const log: string[] = [];
  await stored(oneAhead(pages(3, log)), log);
  expect(log).toEqual(['reads 1', 'reads 2', 'stores 1', 'reads 3', 'stores 2', 'ends', 'stores 3']);
});

test('a page that cannot be read fails after those before it are stored', async () => {
  const log: string[] = [];
  await expect(stored(oneAhead(pages(3, log, 3)), log)).rejects.toThrow('page 3 cannot be read');
  expect(log).toEqual(['reads 1', 'reads 2', 'stores 1', 'reads 3', 'ends', 'stores 2']);
});

test('whoever cannot store a page ends the reading, also when the page after it fails', async () => {
  const log: string[] = [];
  const storing = (async () => {
    for await (const page of oneAhead(pages(3, log, 2))) throw new Error(`page ${page} cannot be stored`);
  })();
  await expect(storing).rejects.toThrow('page 1 cannot be stored');
  expect(log).toEqual(['reads 1', 'reads 2', 'ends']);
});
