/** What stays known of people whom the directory deletes: their links keep who they were, and under which addresses. */
import { type SQL, sql } from 'drizzle-orm';
import { addressKey } from '../../domain/people/address.ts';
import type { FormerPerson } from '../../domain/people/link.ts';
import { emailOf, otherAddressKeysOf } from '../../domain/people/person.ts';
import { asJson, type Store } from '../database.ts';
import { loadExtras, storedPerson } from './replica.ts';

/**
 * Keeps the linked people among those that the replica is about to delete; `isDeleted` is a condition on the `replica` row.
 * A former account goes on to protect and to identify: its address may be given to another human. The users of a cycle move
 * before its groups and role holders, which no longer have a deleted person, so both are still as they were.
 */
export async function keepFormerPeople(store: Store, tenant: string, isDeleted: SQL): Promise<void> {
  const { rows } = await store.execute<{
    id: string;
    facts: Record<string, unknown>;
    groups: string[] | null;
  }>(sql`
    select replica.id, replica.facts, (
      select array_agg(member.group_id order by member.group_id) from directory_memberships member
      where member.tenant = link.tenant and member.member_kind = 'user' and member.member_id = link.person_id
    ) as groups
    from person_links link
    join directory_people replica on replica.tenant = link.tenant and replica.id = link.person_id
    where link.tenant = ${tenant} and ${isDeleted}`);
  if (rows.length === 0) return;
  const { privileged } = await loadExtras(store, tenant);
  const kept = rows.map(({ id, facts, groups }) => {
    const person = storedPerson(id, facts);
    const email = emailOf(person);
    const roles = privileged.find(({ personId }) => personId === id)?.roles ?? [];
    const { name, userPrincipalName, mail, proxyAddresses, kind, formerAddresses, otherAddresses } = person;
    const former: FormerPerson = {
      ...{ name, userPrincipalName, mail, proxyAddresses, kind },
      ...(formerAddresses && { formerAddresses }),
      ...(otherAddresses && { otherAddresses }),
      ...(groups && { groupIds: groups }),
      ...(roles.length > 0 && { roles }),
    };
    const keys = [...(email === null ? [] : [addressKey(email)]), ...otherAddressKeysOf(person, email)];
    return { id, former, keys };
  });
  await store.execute(sql`
    update person_links set former = kept.former, former_keys = kept.keys
    from jsonb_to_recordset(${asJson(kept)}) as kept (id text, former jsonb, keys text[])
    where tenant = ${tenant} and person_id = kept.id`);
}
