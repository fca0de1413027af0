/** For tests that write as a cycle does, without one. */
import { and, eq } from 'drizzle-orm';
import type { Database } from '../../../store/database.ts';
import type { Fence } from '../../../store/fence.ts';
import { cycles } from '../../../store/schema/planning-tables.ts';

/** Runs while the store has an open cycle of that number, and leaves no trace of it. */
export async function duringCycle<Result>(
  database: Database,
  { tenant, cycle }: Pick<Fence, 'tenant' | 'cycle'>,
  work: (fence: Fence) => Promise<Result>,
): Promise<Result> {
  const opening = 'a test';
  const facts = { kind: 'incremental', configurationVersion: 1, startedAt: new Date() } as const;
  await database.insert(cycles).values({ tenant, number: cycle, opening, ...facts });
  try {
    return await work({ tenant, cycle, opening });
  } finally {
    await database.delete(cycles).where(and(eq(cycles.tenant, tenant), eq(cycles.number, cycle)));
  }
}

/** Runs as a step of a cycle that has ended since. */
export async function asIfOpen<Result>(
  database: Database,
  { tenant, cycle }: Pick<Fence, 'tenant' | 'cycle'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const isCycle = and(eq(cycles.tenant, tenant), eq(cycles.number, cycle));
  const [row] = await database.select({ finishedAt: cycles.finishedAt }).from(cycles).where(isCycle);
  const setEnd = (finishedAt: Date | null) => database.update(cycles).set({ finishedAt }).where(isCycle);
  await setEnd(null);
  try {
    return await work();
  } finally {
    await setEnd(row?.finishedAt ?? null);
  }
}
