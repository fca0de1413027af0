/**
 * The fence: only the newest unfinished cycle of a tenant may write, and only the workflow run that opened it
 * (docs/reference/rules.md section 7). A reset repeats steps under another run, a restored Temporal repeats old cycles, and a
 * worker that slept goes on where it stopped. Opening a cycle closes all others of the tenant, so an unfinished one is the
 * newest (planning/cycles.ts).
 */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { SupersededError } from '../domain/errors.ts';
import type { Database, Store, Transaction } from './database.ts';
import { cycles } from './schema/planning-tables.ts';

/** A cycle, and the opening by a workflow's run that works on it: after a reset, the same steps are of another run. */
export interface Fence {
  tenant: string;
  cycle: number;
  opening: string;
}

const isCurrentRow = ({ tenant, cycle, opening }: Fence) =>
  and(
    eq(cycles.tenant, tenant),
    eq(cycles.number, cycle),
    eq(cycles.opening, opening),
    isNull(cycles.finishedAt),
  );

/** Condition for a statement of its own that writes: the cycle may write, and does not end until the statement does. */
export const isCurrent = (fence: Fence): SQL =>
  sql`exists (select from cycles where ${isCurrentRow(fence)} for share)`;

/**
 * In a transaction, no other cycle opens and this one does not end until the transaction does.
 * @throws SupersededError when the cycle may no longer write
 */
export async function requireCurrent(store: Store, fence: Fence): Promise<void> {
  const { rowCount } = await store.execute(sql`select from cycles where ${isCurrentRow(fence)} for share`);
  if (rowCount === 1) return;
  throw new SupersededError(
    `Cycle ${fence.cycle} of ${fence.tenant} has ended, or another run goes on with it: nothing more is done for it here`,
    { remedy: 'Nothing has to be done: the next cycle plans again.' },
  );
}

/** Writes in one transaction, as long as the cycle may write. @throws SupersededError */
export async function whileCurrent<Result>(
  database: Database,
  fence: Fence,
  write: (store: Transaction) => Promise<Result>,
): Promise<Result> {
  return await database.transaction(async (store) => {
    await requireCurrent(store, fence);
    return await write(store);
  });
}
