/** The rows of a preview: counted, compared with the plan of the configuration in force, and paged. */
import { and, asc, count, eq, gte, inArray, ne, sql } from 'drizzle-orm';
import type {
  Difference,
  PlanLine,
  PreviewCounts,
  PreviewProgress,
  StateBrief,
} from '../../domain/contract/preview.ts';
import type { Page } from '../../domain/contract/report.ts';
import { emailOf } from '../../domain/people/person.ts';
import { changeSigns, selfEndingHolds } from '../../domain/plan/change.ts';
import { type Database, isOneOf, type Store } from '../database.ts';
import { type ChangeRow, changeRowOf } from '../planning/plans.ts';
import { lineOf, nextOf } from '../planning/report-lines.ts';
import { loadPeople } from '../replica/replica.ts';
import { changes, cycles } from '../schema/planning-tables.ts';

/** What a plan does to seats. */
export async function seatChanges(store: Store, tenant: string, cycle: number) {
  const ofPlan = and(eq(changes.tenant, tenant), eq(changes.cycle, cycle));
  const takes = inArray(changes.kind, ['invite', 'reinstate']);
  const goes = eq(changes.status, 'planned');
  return {
    taken: await store.$count(changes, and(ofPlan, goes, takes)),
    freed: await store.$count(changes, and(ofPlan, goes, eq(changes.kind, 'remove'))),
    waiting: await store.$count(changes, and(ofPlan, eq(changes.holdRule, 'no-seat'))),
  };
}

/** Changes of a plan by their outcome; changes that only the compared plan has are not counted. */
export async function countPreview(store: Store, { tenant, cycle }: StoredPlan): Promise<PreviewCounts> {
  const rows = await store
    .select({
      status: changes.status,
      kind: changes.kind,
      holdRule: changes.holdRule,
      refusalRule: changes.refusalRule,
      count: count(),
    })
    .from(changes)
    .where(and(eq(changes.tenant, tenant), eq(changes.cycle, cycle), ne(changes.label, 'gone')))
    .groupBy(changes.status, changes.kind, changes.holdRule, changes.refusalRule);
  const sum = (fits: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(fits).reduce((total, row) => total + row.count, 0);
  return {
    planned: sum(({ status }) => status === 'planned'),
    toAdd: sum(({ status, kind }) => status === 'planned' && changeSigns[kind] === '+'),
    toChange: sum(({ status, kind }) => status === 'planned' && changeSigns[kind] === '~'),
    toRemove: sum(({ status, kind }) => status === 'planned' && changeSigns[kind] === '-'),
    held: sum(({ status }) => status === 'held'),
    asking: sum(({ holdRule }) => holdRule !== null && !selfEndingHolds.includes(holdRule)),
    refused: sum(({ status }) => status === 'refused'),
    failed: sum(({ status }) => status === 'parked' || status === 'failed'),
    groups: rows
      .map(({ kind, status, holdRule, refusalRule, count }) => ({
        ...{ change: kind, status, rule: holdRule ?? refusalRule, changes: count },
      }))
      .sort((one, other) => other.changes - one.changes),
  };
}

/** A plan under the name that it was stored by. */
export interface StoredPlan {
  tenant: string;
  cycle: number;
}

/**
 * Reduces a preview's plan to its differences from another plan. The row's label, which a preview does not use, holds the
 * kind of difference. Changes that only the other plan has come last.
 */
export async function storeDifferences(
  database: Database,
  plan: StoredPlan,
  other: StoredPlan,
): Promise<void> {
  const isSame = sql`other.tenant = ${other.tenant} and other.cycle = ${other.cycle}
    and other.kind = own.kind and other.subject_key = own.subject_key`;
  const state = (row: 'own' | 'other') => {
    const name = sql.identifier(row);
    return sql`(${name}.fingerprint, ${name}.status, ${name}.hold_rule, ${name}.refusal_rule)`;
  };
  await database.transaction(async (store) => {
    // Before rows are deleted, so that only what was never in the plan counts as gone.
    await store.execute(sql`
      create temporary table gone on commit drop as select * from changes as other
      where other.tenant = ${other.tenant} and other.cycle = ${other.cycle} and not exists (
        select from changes as own where own.tenant = ${plan.tenant} and own.cycle = ${plan.cycle} and ${isSame})`);
    await store.execute(sql`
      delete from changes as own using changes as other
      where own.tenant = ${plan.tenant} and own.cycle = ${plan.cycle} and ${isSame}
      and ${state('own')} is not distinct from ${state('other')}`);
    await store.execute(sql`
      update changes as own set label = case when exists (select from changes as other where ${isSame})
        then 'changed' else 'added' end
      where own.tenant = ${plan.tenant} and own.cycle = ${plan.cycle}`);
    await store.execute(sql`
      update gone set tenant = ${plan.tenant}, cycle = ${plan.cycle}, label = 'gone', position = position + 1 + coalesce(
        (select max(position) from changes where tenant = ${plan.tenant} and cycle = ${plan.cycle}), 0)`);
    await store.execute(sql`insert into changes select * from gone`);
    await store.execute(sql`
      delete from findings as own using findings as other
      where own.tenant = ${plan.tenant} and own.cycle = ${plan.cycle} and other.tenant = ${other.tenant}
      and other.cycle = ${other.cycle} and (own.kind, own.subject, own.message) = (other.kind, other.subject, other.message)`);
  });
}

/** The cycle whose plan a preview shows: its own, or the earlier one that still stands; 0 before there is one. */
export async function previewCycle(store: Store, copyName: string): Promise<number> {
  const [row] = await store
    .select({ planCycle: cycles.planCycle })
    .from(cycles)
    .where(and(eq(cycles.tenant, copyName), eq(cycles.opening, copyName)));
  return row?.planCycle ?? 0;
}

/** How much has been read so far. */
export async function previewProgress(store: Store, copyName: string): Promise<PreviewProgress> {
  const { rows } = await store.execute<{ entries: string; users: string }>(sql`
    select (select count(*) from directory_staging where tenant = ${copyName}) as entries,
      (select count(*) from timely_users where tenant = ${copyName}) as users`);
  return { directoryEntries: Number(rows[0]?.entries ?? 0), timelyUsers: Number(rows[0]?.users ?? 0) };
}

/** Addresses that a line shows of people who join a team, and of people who leave it. */
const addressesMax = 20;

/** A page of a preview's plan. */
export async function previewLines(
  store: Store,
  copyName: string,
  { after, limit, compared }: { after: number; limit: number; compared: boolean },
): Promise<Page<PlanLine>> {
  const cycle = await previewCycle(store, copyName);
  const rows = await store
    .select()
    .from(changes)
    .where(and(eq(changes.tenant, copyName), eq(changes.cycle, cycle), gte(changes.position, after)))
    .orderBy(asc(changes.position))
    .limit(limit);
  const planned = rows.map(changeRowOf);
  const moves = planned.map(movesOf);
  const addresses = await addressesOf(
    store,
    copyName,
    moves.flatMap(({ joins, leaves }) => [...joins, ...leaves]),
  );
  const named = (ids: string[]) => ids.map((id) => addresses.get(id) ?? id);
  const items = planned.map(
    (row, index): PlanLine => ({
      ...lineOf(row),
      id: row.subjectKey,
      fingerprint: row.fingerprint,
      before: briefOf(row.before),
      after: briefOf(row.after),
      joins: named(moves[index]?.joins ?? []),
      leaves: named(moves[index]?.leaves ?? []),
      difference: compared ? (row.label as Difference) : null,
    }),
  );
  return { items, next: nextOf(rows, limit) };
}

/** The state of a team without its list of people, which is too long for a reader and for Temporal. */
function briefOf(state: ChangeRow['before']): StateBrief | null {
  if (state === null) return null;
  return 'role' in state ? { role: state.role } : { name: state.name, people: state.personIds.length };
}

function movesOf(row: ChangeRow): { joins: string[]; leaves: string[] } {
  const idsOf = (state: ChangeRow['before']) => (state && 'personIds' in state ? state.personIds : []);
  const [before, after] = [new Set(idsOf(row.before)), new Set(idsOf(row.after))];
  return {
    joins: [...after].filter((id) => !before.has(id)).slice(0, addressesMax),
    leaves: row.after === null ? [] : [...before].filter((id) => !after.has(id)).slice(0, addressesMax),
  };
}

/** Addresses by object id, from the directory; else from the link. */
export async function addressesOf(store: Store, tenant: string, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await store.execute<{ person_id: string; email: string }>(sql`
    select person_id, email from person_links where tenant = ${tenant}
    and ${isOneOf(sql`person_id`, ids)}`);
  const addresses = new Map(rows.map((row) => [row.person_id, row.email]));
  for (const person of await loadPeople(store, tenant, ids)) {
    const email = emailOf(person);
    if (email !== null) addresses.set(person.id, email);
  }
  return addresses;
}
