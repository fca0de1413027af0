/** The findings of a plan, each with the cycle that found it first. */
import { sql } from 'drizzle-orm';
import type { Finding } from '../../domain/plan/change.ts';
import { foldText } from '../../domain/text.ts';
import { asJson, inSets, type Store } from '../database.ts';
import { lastOwnPlan } from './cycles.ts';

/**
 * Stores the findings of a cycle's plan. A finding that the sync's last plan has as well is as old as it is there. Equal are
 * findings of one kind about one subject, because their messages may have figures that change.
 */
export async function storeFindings(
  store: Store,
  tenant: string,
  cycle: number,
  found: readonly Finding[],
): Promise<void> {
  for (const set of inSets(found, findingValues)) {
    await store.execute(sql`
      insert into findings (tenant, cycle, position, kind, subject, subject_folded, message, since)
      select ${tenant}, ${cycle}, entry.*, coalesce(earlier.since, ${cycle})
      from jsonb_to_recordset(${asJson(set)}) as entry
        (position int, kind text, subject text, subject_folded text, message text)
      left join (
        select kind, subject_folded, min(since) as since from findings
        where tenant = ${tenant} and cycle = ${lastOwnPlan(tenant, sql`number < ${cycle}`)}
        group by kind, subject_folded
      ) as earlier using (kind, subject_folded)`);
  }
}

const findingValues = ({ kind, subject, message }: Finding, position: number) => ({
  position,
  kind,
  subject,
  subject_folded: foldText(subject),
  message,
});
