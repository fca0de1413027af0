/** Each person's verdict on scope, with its reason. */
import { sql } from 'drizzle-orm';
import type { VerdictCode } from '../../domain/people/verdict.ts';
import { foldText } from '../../domain/text.ts';
import { asJson, inSets, isOneOf, type Store } from '../database.ts';

export interface VerdictRow {
  personId: string;
  inScope: boolean;
  code: VerdictCode;
  reason: string;
  email: string | null;
  otherAddresses: readonly string[];
  department: string | null;
  domain: string | null;
}

/** Stores the verdicts of a whole plan: writes those that differ, and deletes those of people who are gone. */
export async function storeVerdicts(store: Store, tenant: string, verdicts: VerdictRow[]): Promise<void> {
  await writeVerdicts(store, tenant, verdicts);
  await store.execute(sql`
    delete from verdicts where tenant = ${tenant} and not exists (
      select from directory_people person where person.tenant = verdicts.tenant and person.id = verdicts.person_id)`);
}

/** Stores the verdicts of a partial plan, which concerns these people only. */
export async function storeVerdictsOf(
  store: Store,
  tenant: string,
  personIds: string[],
  verdicts: VerdictRow[],
): Promise<void> {
  await writeVerdicts(store, tenant, verdicts);
  const known = new Set(verdicts.map(({ personId }) => personId));
  const gone = personIds.filter((personId) => !known.has(personId));
  await store.execute(sql`
    delete from verdicts where tenant = ${tenant}
    and ${isOneOf(sql`person_id`, gone)}`);
}

async function writeVerdicts(store: Store, tenant: string, verdicts: VerdictRow[]): Promise<void> {
  const rowOf = ({ email, otherAddresses, ...row }: VerdictRow) => ({
    personId: row.personId,
    inScope: row.inScope,
    code: row.code,
    reason: row.reason,
    email: email === null ? null : foldText(email),
    otherAddresses: otherAddresses.length === 0 ? null : otherAddresses,
    department: row.department,
    domain: row.domain,
  });
  for (const set of inSets(verdicts, rowOf)) {
    await store.execute(sql`
      insert into verdicts as stored (tenant, person_id, in_scope, code, reason, email, other_addresses, department, domain)
      select ${tenant}, "personId", "inScope", code, reason, email, "otherAddresses", department, domain
      from jsonb_to_recordset(${asJson(set)}) as entry ("personId" text, "inScope" boolean, code text, reason text, email text,
        "otherAddresses" text[], department text, domain text)
      on conflict (tenant, person_id) do update set in_scope = excluded.in_scope, code = excluded.code, reason = excluded.reason,
        email = excluded.email, other_addresses = excluded.other_addresses, department = excluded.department,
        domain = excluded.domain
      where (stored.in_scope, stored.code, stored.reason, stored.email, stored.other_addresses, stored.department, stored.domain)
        is distinct from (excluded.in_scope, excluded.code, excluded.reason, excluded.email, excluded.other_addresses,
        excluded.department, excluded.domain)`);
  }
}
