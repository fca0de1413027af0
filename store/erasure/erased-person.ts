/** A person under all ids, addresses and names that the store has for them. */
import { sql } from 'drizzle-orm';
import type { Named } from '../../domain/journal/mentions.ts';
import { addressKey } from '../../domain/people/address.ts';
import { foldText } from '../../domain/text.ts';
import { WrongUseError } from '../approvals/decisions.ts';
import type { Store } from '../database.ts';

/** `id` is the object id. Names and addresses that another person has as well are not among them: they may mean that person. */
export interface ErasedPerson extends Named {
  inDirectory: boolean;
}

/** Everything that names a person: from the directory, Timely, links, verdicts, plans and the journal. */
const named = (tenant: string) => sql`
  select subject ->> 'personId' as id, subject ->> 'email' as email, subject ->> 'name' as name,
    coalesce(subject ->> 'timelyId', after ->> 'timelyId') as timely_id from journal_entries
    where tenant = ${tenant} and subject ->> 'type' = 'person'
  union select subject ->> 'personId', subject ->> 'email', subject ->> 'name', subject ->> 'timelyId' from changes
    where tenant = ${tenant} and subject ->> 'type' = 'person'
  union select person_id, email, former ->> 'name', timely_id::text from person_links where tenant = ${tenant}
  union select link.person_id, key, null, null from person_links link, unnest(link.former_keys) as key
    where link.tenant = ${tenant} and not exists (
      -- An alias may be that of another human by now, whose rows stay as they are.
      select from verdicts other where other.tenant = link.tenant and other.person_id <> link.person_id
      and (other.email = key or key = any(other.other_addresses)))
  union select person_id, email, null, null from verdicts where tenant = ${tenant}
  union select person_id, address, null, null from verdicts, unnest(other_addresses) as address where tenant = ${tenant}
  union select link.person_id, stored.email, stored.name, stored.id::text from timely_users stored
    join person_links link on link.tenant = stored.tenant and link.timely_id = stored.id where stored.tenant = ${tenant}
  union select external_id, email, name, id::text from timely_users where tenant = ${tenant} and external_id is not null
  union select id, facts ->> 'mail', facts ->> 'name', null from directory_people where tenant = ${tenant}
  union select id, facts ->> 'userPrincipalName', facts ->> 'name', null from directory_people where tenant = ${tenant}`;

interface NamedRow extends Record<string, unknown> {
  id: string;
  email: string | null;
  name: string | null;
  timely_id: string | null;
  in_directory: boolean;
}

/** @throws WrongUseError when the text fits no person, or several */
export async function identify(store: Store, tenant: string, text: string): Promise<ErasedPerson> {
  const wanted = foldText(text);
  const { rows: known } = await store.execute<NamedRow>(sql`
    with named as (${named(tenant)})
    select named.*, exists (select from directory_people known where known.tenant = ${tenant} and known.id = named.id)
      as in_directory from named where id is not null`);
  const isMeant = ({ id, email, name }: NamedRow) =>
    [id, email, name].some((each) => each !== null && foldText(each) === wanted);
  const meant = new Set(known.filter(isMeant).map(({ id }) => id));
  const [id] = meant;
  if (id === undefined) throw new WrongUseError(`The store of ${tenant} knows no person as "${text}".`);
  if (meant.size > 1) {
    throw new WrongUseError(
      `"${text}" fits several people: give the object id, one of ${[...meant].join(', ')}.`,
    );
  }
  const rows = known.filter((row) => row.id === id);
  const others = known.filter((row) => row.id !== id);
  return {
    id,
    addresses: ownOnly(rows, others, ({ email }) => email, addressKey),
    names: ownOnly(rows, others, ({ name }) => name, foldText),
    timelyIds: ownOnly(rows, others, ({ timely_id }) => timely_id, String).map(Number),
    inDirectory: rows.some((row) => row.in_directory),
  };
}

/** Values of the person's rows that no other person has, each once. */
function ownOnly(
  rows: readonly NamedRow[],
  others: readonly NamedRow[],
  partOf: (row: NamedRow) => string | null,
  keyOf: (value: string) => string,
): string[] {
  const taken = new Set(others.flatMap((row) => keyOf(partOf(row) ?? '')));
  const values = rows.flatMap((row) => partOf(row)?.trim() ?? []);
  return [...new Set(values)].filter((value) => value !== '' && !taken.has(keyOf(value)));
}
