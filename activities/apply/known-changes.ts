/** What applying a change needs from the store, loaded once for changes that are applied at the same time. */
import { lazy, memoize } from '../../domain/lazy.ts';
import type { Database } from '../../store/database.ts';
import type { Fence } from '../../store/fence.ts';
import { attemptsOf, type NotedAttempt, noteAttempts } from '../../store/planning/attempts.ts';
import { seatRefused } from '../../store/planning/failures.ts';
import { type ChangeRow, loadChanges } from '../../store/planning/plans.ts';
import { accountRow } from '../../store/replica/timely-snapshot.ts';
import type { ApplyContext } from './apply-context.ts';
import { gathered, runOf } from './gather.ts';

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
