/**
 * One statement for many activities. Each change is an activity of its own, and the more of them a worker has, the less each
 * may ask of the store.
 */
import DataLoader from 'dataloader';
import { groupBy } from '../../domain/group-by.ts';
import type { Fence } from '../../store/fence.ts';

const gatheredMax = 50;

/** The group of changes that share a fence. */
export const runOf = ({ cycle, opening }: Fence): string => `${cycle} ${opening}`;

interface Gathering<Item, Result> {
  /** Only items of the same group share a statement. */
  groupOf(item: Item): unknown;
  /** Returns a result for each item in their order; an error as the result is of that item only. */
  run(items: readonly Item[]): Promise<readonly (Result | Error)[]>;
}

/**
 * Returns a function that runs the first item at once, and together those that come while it runs. Items that fail together
 * are run again one by one, so that none fails for another.
 */
export function gathered<Item extends object, Result>({
  groupOf,
  run,
}: Gathering<Item, Result>): (item: Item) => Promise<Result> {
  let underWay: Promise<unknown> = Promise.resolve();

  async function runGroup(items: readonly Item[]): Promise<readonly (Result | Error)[]> {
    try {
      return await run(items);
    } catch (error) {
      if (items.length > 1) return (await Promise.all(items.map((item) => runGroup([item])))).flat();
      return [error instanceof Error ? error : new Error(String(error))];
    }
  }

  async function runAll(items: readonly Item[]): Promise<readonly (Result | Error)[]> {
    const groups = [...groupBy(items, groupOf).values()];
    const results = (await Promise.all(groups.map(runGroup))).flat();
    const ofItem = new Map(groups.flat().map((item, place) => [item, results[place]]));
    return items.map((item) => {
      const result = ofItem.get(item);
      return result === undefined ? new Error('The store gave no result for one of several items.') : result;
    });
  }

  const loader = new DataLoader<Item, Result>(
    (items) => {
      const results = runAll(items);
      underWay = results.catch(() => undefined);
      return results;
    },
    {
      cache: false,
      maxBatchSize: gatheredMax,
      batchScheduleFn: (dispatch) => {
        void underWay.then(dispatch);
      },
    },
  );
  return (item) => loader.load(item);
}
