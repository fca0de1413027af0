/**
 * Whom the lists of the tenant file mean, `approvals.who` and `console.viewers`: addresses, and members of groups as the
 * directory was last read. What was never read, or cannot be resolved, lets nobody in (docs/reference/rules.md section 6).
 */
import { sql } from 'drizzle-orm';
import { isDeciderAddress } from '../../domain/approvals/decider-name.ts';
import { addressesAmong, groupsAmong } from '../../domain/approvals/deciders.ts';
import { isAllowedToDecide } from '../../domain/approvals/decision.ts';
import type { SignedIn } from '../../domain/contract/who-may.ts';
import { addressKey } from '../../domain/people/address.ts';
import { provenAddressesOf } from '../../domain/people/person.ts';
import { isLive } from '../../domain/people/verdict.ts';
import { sameText } from '../../domain/text.ts';
import { isOneOf, type Store } from '../database.ts';
import { resolveGroups } from '../replica/named-groups.ts';
import { loadPeople } from '../replica/replica.ts';
import { peopleLike } from './decider.ts';

/** A person whose addresses are proven. */
export interface IdentifiedPerson {
  /** Null when the directory does not know them. */
  personId: string | null;
  name: string | null;
  /** The one to answer under first. */
  addresses: string[];
}

/**
 * Finds the person behind a sign-in, or behind an address. Null when nothing is proven: the account is no longer live, or the
 * addresses belong to several people.
 */
export async function identifyPerson(
  store: Store,
  tenant: string,
  { subject, addresses }: SignedIn,
  now: Date,
): Promise<IdentifiedPerson | null> {
  const given = addresses.filter(isDeciderAddress);
  const known = subject === null ? [] : await loadPeople(store, tenant, [subject]);
  const people = known.length > 0 ? known : await ownersOf(store, tenant, given);
  const [person, ...others] = people;
  if (others.length > 0) return null;
  if (!person) return given.length > 0 ? { personId: null, name: null, addresses: given } : null;
  if (!isLive(person, now.toISOString().slice(0, 10))) return null;
  const own = provenAddressesOf(person).filter(isDeciderAddress);
  const all = new Map([...own, ...given].map((address) => [addressKey(address), address]));
  return { personId: person.id, name: person.name, addresses: [...all.values()] };
}

async function ownersOf(store: Store, tenant: string, addresses: readonly string[]) {
  const keys = new Set(addresses.map(addressKey));
  const people = await peopleLike(store, tenant, [...keys]);
  return people.filter((person) =>
    provenAddressesOf(person).some((address) => keys.has(addressKey(address))),
  );
}

/** The address under which a person stands in a list, by itself or by a group; null when they do not. */
export async function addressInList(
  store: Store,
  tenant: string,
  { personId, addresses }: IdentifiedPerson,
  list: readonly string[],
): Promise<string | null> {
  const entries = addressesAmong(list);
  const listed = addresses.find((address) => isAllowedToDecide(address, entries));
  if (listed !== undefined) return listed;
  const groups = groupsAmong(list);
  if (personId === null || groups.length === 0) return null;
  return (await isInOneOf(store, tenant, personId, groups)) ? (addresses[0] ?? null) : null;
}

/** Whether the name or address of an answer is in `approvals.who`; null lets every person decide. */
export async function mayDecideAs(
  store: Store,
  tenant: string,
  { by, who }: { by: string; who: readonly string[] | null },
  now: Date,
): Promise<boolean> {
  if (who === null || isAllowedToDecide(by, addressesAmong(who))) return true;
  const groups = groupsAmong(who);
  const address = by.trim();
  if (groups.length === 0 || !isDeciderAddress(address)) return false;
  const person = await identifyPerson(store, tenant, { subject: null, addresses: [address] }, now);
  return person?.personId != null && (await isInOneOf(store, tenant, person.personId, groups));
}

/** Nested members count. A group that was deleted and made again under its name counts once the file has its object id. */
async function isInOneOf(
  store: Store,
  tenant: string,
  personId: string,
  names: readonly string[],
): Promise<boolean> {
  const resolve = await resolveGroups(store, tenant, names);
  const ids = names.flatMap((name) => {
    const resolution = resolve(name);
    if (resolution.kind !== 'found') return [];
    const { id, recreatedAs = [] } = resolution.group;
    return recreatedAs.some((each) => sameText(each, name)) ? [] : [id];
  });
  if (ids.length === 0) return false;
  const { rows } = await store.execute(sql`
    with recursive around as (
      select group_id from directory_memberships
      where tenant = ${tenant} and member_kind = 'user' and member_id = ${personId}
      union
      select above.group_id from directory_memberships above join around on above.member_id = around.group_id
      where above.tenant = ${tenant} and above.member_kind = 'group')
    select from around where ${isOneOf(sql`group_id`, ids)} limit 1`);
  return rows.length > 0;
}
