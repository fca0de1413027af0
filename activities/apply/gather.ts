/**
 * What applying a change needs from the store: one statement for many activities. Each change is an activity of its own, and
 * the more of them a worker has, the less each may ask of the store.
 */
import DataLoader from 'dataloader';
import { groupBy } from '../../domain/group-by.ts';
import { lazy, memoize } from '../../domain/lazy.ts';
import type { Database } from '../../store/database.ts';
import type { Fence } from '../../store/fence.ts';
import { attemptsOf, type NotedAttempt, noteAttempts } from '../../store/planning/attempts.ts';
import { seatRefused } from '../../store/planning/failures.ts';
import { type ChangeRow, loadChanges } from '../../store/planning/plans.ts';
import { accountRow } from '../../store/replica/timely-snapshot.ts';
import type { ApplyContext } from './apply-context.ts';

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

export interface KnownChange extends Pick<ApplyContext, 'row' | 'account' | 'attempt' | 'noteAttempt'> {
  /** Whether Timely has refused an invitation in this cycle for lack of a seat. */
  seatRefused(): Promise<boolean>;
}

interface Place extends Fence {
  position: number;
}

/** Returns functions that load one change (null when its plan does not have it), or add to loaded changes of one cycle. */
export function createKnownChanges(database: Database) {
  const notesOf = memoize((_tenant: string) =>
    gathered({
      groupOf: ({ fence }: { fence: Fence; noted: NotedAttempt }) => runOf(fence),
      async run(items) {
        const notes = items.map(({ noted }) => noted);
        return items[0] ? await noteAttempts(database, items[0].fence, notes) : [];
      },
    }),
  );

  function knownOf({ tenant, cycle, opening }: Fence, rows: readonly ChangeRow[]): KnownChange[] {
    const account = lazy(() => accountRow(database, tenant));
    const subjectKeys = rows.map(({ subjectKey }) => subjectKey);
    const attempts = lazy(() => attemptsOf(database, tenant, subjectKeys));
    const refused = lazy(() => seatRefused(database, tenant, cycle));
    const fence = { tenant, cycle, opening };
    return rows.map((row) => ({
      row,
      account,
      attempt: async () => (await attempts()).get(row.subjectKey) ?? null,
      noteAttempt: async (attempt, seen) => {
        await notesOf(tenant)({ fence, noted: { subjectKey: row.subjectKey, ...attempt, seen } });
      },
      seatRefused: refused,
    }));
  }

  const placesOf = memoize((tenant: string) =>
    gathered<Place, KnownChange | null>({
      groupOf: runOf,
      async run(places) {
        const [fence] = places;
        if (!fence) return [];
        const positions = places.map(({ position }) => position);
        const known = knownOf(fence, await loadChanges(database, tenant, fence.cycle, positions));
        const byPosition = new Map(known.map((change) => [change.row.position, change]));
        return positions.map((position) => byPosition.get(position) ?? null);
      },
    }),
  );
  return { loadKnown: (place: Place) => placesOf(place.tenant)(place), knownOf };
}
