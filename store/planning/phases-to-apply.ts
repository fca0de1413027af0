/** What a cycle's plan leaves to apply, phase by phase. */
import { and, count, eq, sql } from 'drizzle-orm';
import { phases } from '../../domain/plan/phases.ts';
import { subjectTags, subjectTagsMax } from '../../domain/plan/subject-tags.ts';
import type { Store } from '../database.ts';
import { sha256 } from '../journal/journal.ts';
import { changes } from '../schema/planning-tables.ts';

export interface PhasesToApply {
  /** How many changes wait in each phase. */
  phases: number[];
  /** Tags of the people and teams that each phase concerns (domain/plan/subject-tags.ts). */
  tags: string[][];
}

export async function phasesToApply(store: Store, tenant: string, cycle: number): Promise<PhasesToApply> {
  const counts = await plannedByPhase(store, tenant, cycle);
  const concerned = counts.some((each) => each > 0) ? await subjectsByPhase(store, tenant, cycle) : [];
  return { phases: counts, tags: phases.map((_, phase) => subjectTags(sha256, concerned[phase] ?? [])) };
}

async function plannedByPhase(store: Store, tenant: string, cycle: number): Promise<number[]> {
  const rows = await store
    .select({ phase: changes.phase, count: count() })
    .from(changes)
    .where(and(eq(changes.tenant, tenant), eq(changes.cycle, cycle), eq(changes.status, 'planned')))
    .groupBy(changes.phase);
  return phases.map((_phase, phase) => rows.find((row) => row.phase === phase)?.count ?? 0);
}

/** Keys of the first subjects of each phase, and of the people who join or leave its teams. */
async function subjectsByPhase(store: Store, tenant: string, cycle: number): Promise<string[][]> {
  const { rows } = await store.execute<{ phase: number; key: string }>(sql`
    with planned as (
      select phase, position, subject_key, before -> 'personIds' as before, after -> 'personIds' as after
      from changes where tenant = ${tenant} and cycle = ${cycle} and status = 'planned'
    ), concerned as (
      select phase, position, subject_key as key from planned
      union all
      select phase, position, moved.key from planned, lateral (
        (select jsonb_array_elements_text(after) except select jsonb_array_elements_text(before))
        union all
        (select jsonb_array_elements_text(before) except select jsonb_array_elements_text(after))
      ) as moved (key)
    ), numbered as (
      select phase, key, row_number() over (partition by phase order by min(position), key) as place
      from concerned group by phase, key
    )
    select phase, key from numbered where place <= ${subjectTagsMax + 1} order by phase, place`);
  return phases.map((_, phase) => rows.filter((row) => row.phase === phase).map(({ key }) => key));
}
