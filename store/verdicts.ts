/** Each person's verdict with its reason. */
import { sql } from 'drizzle-orm';
import { asJson, inSets, type Store } from './database.ts';

export interface VerdictRow {
  personId: string;
  inScope: boolean;
  reason: string;
}

/** Writes the verdicts of a plan in sets; only those that differ are written, and people who are gone are dropped. */
export async function storeVerdicts(store: Store, tenant: string, verdicts: VerdictRow[]): Promise<void> {
  const rowOf = ({ personId, inScope, reason }: VerdictRow): VerdictRow => ({ personId, inScope, reason });
  for (const set of inSets(verdicts, rowOf)) {
    await store.execute(sql`
      insert into verdicts as stored (tenant, person_id, in_scope, reason)
      select ${tenant}, "personId", "inScope", reason
      from jsonb_to_recordset(${asJson(set)}) as entry ("personId" text, "inScope" boolean, reason text)
      on conflict (tenant, person_id) do update set in_scope = excluded.in_scope, reason = excluded.reason
      where (stored.in_scope, stored.reason) is distinct from (excluded.in_scope, excluded.reason)`);
  }
  await store.execute(sql`
    delete from verdicts where tenant = ${tenant} and not exists (
      select from directory_people person where person.tenant = verdicts.tenant and person.id = verdicts.person_id)`);
}
