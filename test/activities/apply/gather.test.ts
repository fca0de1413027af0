import { expect, test } from '@jest/globals';
import { gathered } from '../../../activities/apply/gather.ts';

interface Item {
  name: string;
  group?: number;
}

/** Runs batches one step at a time. */
function slowStore() {
  const batches: string[][] = [];
  const ends: (() => void)[] = [];
  const load = gathered({
    groupOf: ({ group = 0 }: Item) => group,
    async run(items) {
      const names = items.map(({ name }) => name);
      batches.push(names);
      await new Promise<void>((end) => ends.push(end));
      if (names.includes('bad')) throw new Error('refused');
      return names.map((name) => (name === 'lost' ? new Error('lost') : name.toUpperCase()));
    },
  });
  const step = async () => {
    for (const end of ends.splice(0)) end();
    await new Promise(setImmediate);
  };
  const store = (name: string, group = 0) =>
    load({ name, group }).catch((error: unknown) => (error instanceof Error ? error.message : 'unknown'));
  return { batches, store, step };
}

test('runs the first item at once, and together those that come meanwhile', async () => {
  const { batches, store, step } = slowStore();
  const first = store('a');
  await new Promise(setImmediate);
  const others = [store('b'), store('c')];
  expect(batches).toEqual([['a']]);
  await step();
  expect(batches).toEqual([['a'], ['b', 'c']]);
  await step();
  expect(await Promise.all([first, ...others])).toEqual(['A', 'B', 'C']);
});

test('runs again one by one what failed together, so that none fails for another', async () => {
  const { batches, store, step } = slowStore();
  const results = [store('a'), store('bad'), store('lost')];
  await new Promise(setImmediate);
  await step();
  const next = store('b');
  await step();
  await step();
  expect(await Promise.all([...results, next])).toEqual(['A', 'refused', 'lost', 'B']);
  expect(batches).toEqual([['a', 'bad', 'lost'], ['a'], ['bad'], ['lost'], ['b']]);
});

test('keeps groups apart', async () => {
  const { batches, store, step } = slowStore();
  const results = [store('a', 1), store('bad', 2), store('b', 1)];
  await new Promise(setImmediate);
  expect(batches).toEqual([['a', 'b'], ['bad']]);
  await step();
  expect(await Promise.all(results)).toEqual(['A', 'refused', 'B']);
});
