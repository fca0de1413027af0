/** Cycles: one row each, from its opening to its report. */
import { type AnyColumn, and, desc, eq, isNotNull, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { CycleCounts, CycleError, CycleKind } from '../../domain/contract/report.ts';
import type { Evidence } from '../../domain/people/directory.ts';
import type { Database, Store } from '../database.ts';
import { requestReplan } from '../replica/dirty-subjects.ts';
import { changes, cycles } from '../schema/planning-tables.ts';
import { tenants } from '../schema/tenant-tables.ts';

/**
 * Opens a cycle; a second call for the same `opening` returns the same cycle. A tenant has one cycle at a time, `provision`
 * included, so an earlier cycle without an end is closed as cut off.
 */
export async function openCycle(
  database: Database,
  tenant: string,
  opening: string,
  begin: {
    kind: CycleKind;
    undoes?: number;
    fullReadsRequested?: number;
    configurationVersion: number;
    now: Date;
  },
) {
  return await database.transaction(async (store) => {
    await lockCycles(store, tenant);
    const [existing] = await store
      .select()
      .from(cycles)
      .where(and(eq(cycles.tenant, tenant), eq(cycles.opening, opening)));
    if (existing) return { number: existing.number, kind: existing.kind };
    const [last] = await store
      .select({ number: cycles.number })
      .from(cycles)
      .where(eq(cycles.tenant, tenant))
      .orderBy(desc(cycles.number))
      .limit(1);
    const number = (last?.number ?? 0) + 1;
    await closeCutOff(store, tenant, begin.now);
    const { now: startedAt, ...facts } = begin;
    await store.insert(cycles).values({ tenant, number, opening, ...facts, startedAt });
    const { kind } = facts;
    return { number, kind };
  });
}

/** No cycle of the tenant begins until the transaction ends. */
export async function lockCycles(store: Store, tenant: string): Promise<void> {
  await store.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`cycle/${tenant}`}, 0))`);
}

const cutOff: CycleError = {
  health: 'quarantined',
  message: 'This cycle was cut off before it could report: its workflow was ended, or the store was away.',
  remedy: 'The next cycle plans again what it left.',
};

async function closeCutOff(store: Store, tenant: string, finishedAt: Date): Promise<void> {
  const closed = await store
    .update(cycles)
    .set({ cycleError: cutOff, finishedAt })
    .where(and(eq(cycles.tenant, tenant), isNull(cycles.finishedAt)))
    .returning({ number: cycles.number });
  for (const { number } of closed) await supersedeLeftovers(store, tenant, number);
  if (closed.length > 0) await requestReplan(store, tenant);
}

/** The next cycle plans what this one has left. */
async function supersedeLeftovers(store: Store, tenant: string, number: number): Promise<void> {
  await store
    .update(changes)
    .set({ status: 'superseded' })
    .where(and(eq(changes.tenant, tenant), eq(changes.cycle, number), eq(changes.status, 'planned')));
}

export async function cycleRow(store: Store, tenant: string, number: number) {
  const [row] = await store
    .select()
    .from(cycles)
    .where(and(eq(cycles.tenant, tenant), eq(cycles.number, number)));
  return row ?? null;
}

/** The last finished cycle that took this one back; null when none did. */
export async function undoOfCycle(store: Store, tenant: string, undoes: number) {
  const [row] = await store
    .select({ number: cycles.number, finishedAt: cycles.finishedAt })
    .from(cycles)
    .where(
      and(
        eq(cycles.tenant, tenant),
        eq(cycles.undoes, undoes),
        isNotNull(cycles.finishedAt),
        isNull(cycles.cycleError),
      ),
    )
    .orderBy(desc(cycles.number))
    .limit(1);
  return row ?? null;
}

export async function storeEvidence(store: Store, tenant: string, number: number, evidence: Evidence) {
  await store
    .update(cycles)
    .set({ evidence })
    .where(and(eq(cycles.tenant, tenant), eq(cycles.number, number)));
}

export async function storePlanFacts(
  store: Store,
  tenant: string,
  number: number,
  facts: { planCycle: number; inScope: number; unchanged: number },
) {
  await store
    .update(cycles)
    .set(facts)
    .where(and(eq(cycles.tenant, tenant), eq(cycles.number, number)));
}

/** Ends a cycle, and marks the changes that it leaves. One that has ended stays as it is: a second call changes nothing. */
export async function finishCycle(
  database: Database,
  tenant: string,
  number: number,
  end: { counts: CycleCounts; cycleError: CycleError | null; now: Date },
): Promise<void> {
  await database.transaction(async (store) => {
    const { rowCount } = await store
      .update(cycles)
      .set({ counts: end.counts, cycleError: end.cycleError, finishedAt: end.now })
      .where(and(eq(cycles.tenant, tenant), eq(cycles.number, number), isNull(cycles.finishedAt)));
    if (rowCount) await supersedeLeftovers(store, tenant, number);
  });
}

/**
 * Condition for a whole cycle: it ended without an error, after a read that could prove departures. A read that proves none
 * holds removals by `incomplete-read`, a group that cannot be resolved by `unresolved-group`; neither asks for an approval
 * (docs/reference/rules.md section 5). Cycles with another directory do not count.
 */
export const isWholeCycle = (tenant: string): SQL | undefined =>
  and(
    eq(cycles.tenant, tenant),
    isNotNull(cycles.finishedAt),
    isNull(cycles.cycleError),
    ne(cycles.kind, 'undo'),
    sql`${cycles.number} >= (select directory_since from tenants where tenant = ${tenant})`,
    sql`(${cycles.evidence} ->> 'complete')::boolean`,
    sql`not exists (select from changes where changes.tenant = ${tenant} and changes.cycle = ${cycles.planCycle}
      and changes.hold_rule in ('incomplete-read', 'unresolved-group') and changes.kind <> 'changeRole')`,
  );

/** Whether the tenant has had no whole cycle yet: until then removals are those of a first cycle. */
export async function isFirstCycle(store: Store, tenant: string): Promise<boolean> {
  const [row] = await store
    .select({ number: cycles.number })
    .from(cycles)
    .where(isWholeCycle(tenant))
    .limit(1);
  return row === undefined;
}

/** The cycle whose plan a cycle shows: its own, or the last one where it had nothing to plan or could not. */
export async function planCycleOf(store: Store, tenant: string, cycle: number): Promise<number> {
  const [row] = await store
    .select({ own: cycles.planCycle, last: tenants.planCycle })
    .from(cycles)
    .innerJoin(tenants, eq(tenants.tenant, cycles.tenant))
    .where(and(eq(cycles.tenant, tenant), eq(cycles.number, cycle)));
  return row?.own ?? row?.last ?? cycle;
}

/**
 * The cycles whose plans stand: the last one that was planned, and behind an undo the sync's own last one, which the sync
 * goes on from when the tenant is resumed.
 */
export const standingPlans = (tenant: string): SQL => sql`(
  select plan_cycle from tenants where tenant = ${tenant} union ${lastOwnPlan(tenant)})`;

/** The sync's own last plan, which is no undo; of the cycles that fit `which`. `tenant`: a name, or a column with it. */
export const lastOwnPlan = (tenant: string | AnyColumn, which: SQL = sql`true`): SQL => sql`(
  select number from cycles where tenant = ${tenant} and kind <> 'undo' and plan_cycle = number and ${which}
  order by number desc limit 1)`;
