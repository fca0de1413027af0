/** What applying a change needs from the store, loaded once for changes that are applied at the same time. */
import { lazy, memoize } from '../../domain/lazy.ts';
import type { Database } from '../../store/database.ts';
import { attemptsOf } from '../../store/planning/attempts.ts';
import { seatRefused } from '../../store/planning/failures.ts';
import { type ChangeRow, loadChanges } from '../../store/planning/plans.ts';
import { accountRow } from '../../store/replica/timely-snapshot.ts';
import type { ApplyContext } from './apply-context.ts';
import { gathered } from './gather.ts';

export interface KnownChange extends Pick<ApplyContext, 'row' | 'account' | 'attempt'> {
  /** Whether Timely had no seat for somebody of this cycle. */
  seatRefused(): Promise<boolean>;
}

interface Place {
  cycle: number;
  position: number;
}

/** Returns a function that loads one change of a tenant; null when its plan does not have it. */
export function createChangeLoader(database: Database) {
  const ofTenant = memoize((tenant: string) =>
    gathered<Place, KnownChange | null>({
      groupOf: ({ cycle }) => cycle,
      async run(places) {
        const cycle = places[0]?.cycle ?? 0;
        const positions = places.map(({ position }) => position);
        const rows = await loadChanges(database, tenant, cycle, positions);
        const known = knownChanges(database, tenant, cycle, rows);
        const byPosition = new Map(known.map((change) => [change.row.position, change]));
        return positions.map((position) => byPosition.get(position) ?? null);
      },
    }),
  );
  return async (tenant: string, place: Place): Promise<KnownChange | null> => await ofTenant(tenant)(place);
}

export function knownChanges(
  database: Database,
  tenant: string,
  cycle: number,
  rows: readonly ChangeRow[],
): KnownChange[] {
  const account = lazy(() => accountRow(database, tenant));
  const subjectKeys = rows.map(({ subjectKey }) => subjectKey);
  const attempts = lazy(() => attemptsOf(database, tenant, subjectKeys));
  const refused = lazy(() => seatRefused(database, tenant, cycle));
  return rows.map((row) => ({
    row,
    account,
    attempt: async () => (await attempts()).get(row.subjectKey) ?? null,
    seatRefused: refused,
  }));
}
