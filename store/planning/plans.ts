/** Plans and what became of each of their changes. */

import { and, asc, eq, gte, inArray, lt, notInArray, or, sql } from 'drizzle-orm';
import type { ChangeStatus, Failure } from '../../domain/contract/report.ts';
import {
  type Change,
  type Finding,
  type PersonChange,
  subjectKeyOf,
  type TeamChange,
} from '../../domain/plan/change.ts';
import { phaseOf } from '../../domain/plan/phases.ts';
import { asJson, inSets, isOneOf, isOneOfIds, type Store } from '../database.ts';
import { changeFacts, personSubject } from '../schema/json-values.ts';
import { attempts, changes, failures, findings } from '../schema/planning-tables.ts';
import { standingPlans } from './cycles.ts';
import { storeFindings } from './findings.ts';

/** A row of the table, its JSON not yet proven. */
export type StoredChange = typeof changes.$inferSelect;
type RowOf<Facts> = Omit<StoredChange, keyof Facts> & Facts;
/** A change of a plan, and what became of it. */
export type ChangeRow = PersonChangeRow | TeamChangeRow;
export type PersonChangeRow = RowOf<Pick<PersonChange, 'kind' | 'subject' | 'before' | 'after'>>;
export type TeamChangeRow = RowOf<Pick<TeamChange, 'kind' | 'subject' | 'before' | 'after'>>;

export const isTeamRow = (row: ChangeRow): row is TeamChangeRow => row.subject.type === 'team';

/** @throws zod's error when the stored JSON is not that of a change of its kind */
export const changeRowOf = (row: StoredChange): ChangeRow => ({ ...row, ...changeFacts.parse(row) });

export interface PlannedRow {
  change: Change;
  status: ChangeStatus;
  label: string;
  approval: number | null;
  failure: Failure | null;
}

/** Plans of this many cycles are kept. The journal keeps what was done, and approvals keep their changes. */
const plansKept = 100;

/** Stores a cycle's plan; a repeated activity replaces the plan of its first attempt. Old plans are deleted, but for those in force. */
export async function storePlan(
  store: Store,
  tenant: string,
  cycle: number,
  rows: PlannedRow[],
  found: Finding[],
) {
  for (const table of [changes, findings]) {
    const isOld = and(lt(table.cycle, cycle - plansKept), notInArray(table.cycle, standingPlans(tenant)));
    await store.delete(table).where(and(eq(table.tenant, tenant), or(eq(table.cycle, cycle), isOld)));
  }
  for (const values of inSets(rows, changeValues)) {
    await store.execute(sql`
      insert into changes (tenant, cycle, position, phase, kind, subject_key, subject, before, after, reason, fingerprint,
        label, status, hold_rule, hold_detail, refusal_rule, refusal_detail, failure, approval)
      select ${tenant}, ${cycle}, entry.* from jsonb_to_recordset(${asJson(values)}) as entry (position int, phase int,
        kind text, subject_key text, subject jsonb, before jsonb, after jsonb, reason text, fingerprint text, label text,
        status text, hold_rule text, hold_detail text, refusal_rule text, refusal_detail text, failure jsonb, approval int)`);
  }
  await storeFindings(store, tenant, cycle, found);
}

function changeValues({ change, status, label, approval, failure }: PlannedRow, position: number) {
  const { kind, subject, before, after, reason, fingerprint, hold, refusal } = change;
  return {
    position,
    phase: phaseOf(kind),
    kind,
    subject_key: subjectKeyOf(subject),
    subject,
    before,
    after,
    reason,
    fingerprint,
    label,
    status,
    hold_rule: hold?.rule ?? null,
    hold_detail: hold?.detail ?? null,
    refusal_rule: refusal?.rule ?? null,
    refusal_detail: refusal?.detail ?? null,
    failure,
    approval,
  };
}

/** Several changes of a plan, in its order. */
export async function loadChanges(store: Store, tenant: string, cycle: number, positions: number[]) {
  const rows = await store
    .select()
    .from(changes)
    .where(and(eq(changes.tenant, tenant), eq(changes.cycle, cycle), inArray(changes.position, positions)))
    .orderBy(asc(changes.position));
  return rows.map(changeRowOf);
}

/** Whether the cycle has done anything in Timely. */
export async function hasApplied(store: Store, tenant: string, cycle: number): Promise<boolean> {
  const done = and(eq(changes.tenant, tenant), eq(changes.cycle, cycle), eq(changes.status, 'done'));
  return (await store.$count(changes, done)) > 0;
}

/** Whether the cycle's plan removes people, whatever became of it. */
export async function hasRemovals(store: Store, tenant: string, cycle: number): Promise<boolean> {
  const removals = and(
    eq(changes.tenant, tenant),
    eq(changes.cycle, cycle),
    eq(changes.kind, 'remove'),
    notInArray(changes.status, ['held', 'refused']),
  );
  return (await store.$count(changes, removals)) > 0;
}

const needSeats = (tenant: string, cycle: number) =>
  and(
    eq(changes.tenant, tenant),
    eq(changes.cycle, cycle),
    eq(changes.status, 'planned'),
    inArray(changes.kind, ['invite', 'reinstate']),
  );

/** How many planned changes of a cycle take a seat. */
export const countForSeats = (store: Store, tenant: string, cycle: number): Promise<number> =>
  store.$count(changes, needSeats(tenant, cycle));

/** Planned changes of a cycle that take a seat. */
export async function plannedForSeats(store: Store, tenant: string, cycle: number): Promise<ChangeRow[]> {
  const rows = await store.select().from(changes).where(needSeats(tenant, cycle));
  return rows.map(changeRowOf);
}

/** The next changes of a phase to apply, from a position on. */
export async function nextChanges(
  store: Store,
  where: { tenant: string; cycle: number; phase: number; from: number; limit: number },
) {
  return await store
    .select({ position: changes.position, label: changes.label })
    .from(changes)
    .where(
      and(
        eq(changes.tenant, where.tenant),
        eq(changes.cycle, where.cycle),
        eq(changes.phase, where.phase),
        eq(changes.status, 'planned'),
        gte(changes.position, where.from),
      ),
    )
    .orderBy(asc(changes.position))
    .limit(where.limit);
}

/** Timely ids of people whose removal the cycle has dropped: they stay, though its plan counts them as leaving. */
export async function droppedRemovals(store: Store, tenant: string, cycle: number): Promise<Set<number>> {
  const rows = await store
    .select({ subject: changes.subject })
    .from(changes)
    .where(
      and(
        eq(changes.tenant, tenant),
        eq(changes.cycle, cycle),
        eq(changes.kind, 'remove'),
        eq(changes.status, 'dropped'),
      ),
    );
  return new Set(rows.flatMap(({ subject }) => personSubject.parse(subject).timelyId ?? []));
}

/** Whether the cycle is still to give a team another name, or to end it. */
export async function givesUpName(
  store: Store,
  { tenant, cycle }: Pick<ChangeRow, 'tenant' | 'cycle'>,
  timelyId: number,
): Promise<boolean> {
  const isOfTeam = and(
    eq(changes.tenant, tenant),
    eq(changes.cycle, cycle),
    eq(changes.status, 'planned'),
    inArray(changes.kind, ['renameTeam', 'retireTeam']),
    sql`(${changes.subject} ->> 'timelyId')::bigint = ${timelyId}`,
  );
  return (await store.$count(changes, isOfTeam)) > 0;
}

export async function setStatus(
  store: Store,
  row: ChangeRow,
  status: ChangeStatus,
  failure: ChangeRow['failure'] = null,
) {
  await store
    .update(changes)
    .set({ status, failure })
    .where(
      and(eq(changes.tenant, row.tenant), eq(changes.cycle, row.cycle), eq(changes.position, row.position)),
    );
}

/**
 * Marks changes of a cycle as done, and deletes their failures and attempts. Returns the positions of those that were not done
 * before.
 */
export async function setDone(
  store: Store,
  tenant: string,
  done: readonly ChangeRow[],
): Promise<Set<number>> {
  const subjects = done.map(({ subjectKey }) => subjectKey);
  const positions = done.map(({ position }) => position);
  const areSubjects = sql`tenant = ${tenant} and ${isOneOf(sql`subject_key`, subjects)}`;
  const { rows } = await store.execute<{ position: number }>(sql`
    with failure as (delete from ${failures} where ${areSubjects}), attempt as (delete from ${attempts} where ${areSubjects})
    update ${changes} set status = 'done', failure = null
    where tenant = ${tenant} and cycle = ${done[0]?.cycle} and ${isOneOfIds(sql`position`, positions)} and status <> 'done'
    returning position`);
  return new Set(rows.map(({ position }) => position));
}
