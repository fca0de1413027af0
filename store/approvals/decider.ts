/** Who decides: nobody decides about themselves, and one person counts once (docs/reference/rules.md section 6). */
import { and, eq, or, sql } from 'drizzle-orm';
import { mailboxKey } from '../../domain/approvals/decider-name.ts';
import { addressesIn, deciderKey } from '../../domain/approvals/decision.ts';
import { addressKey } from '../../domain/people/address.ts';
import { addressKeysOf } from '../../domain/people/person.ts';
import { foldText } from '../../domain/text.ts';
import { isOneOf, type Store } from '../database.ts';
import { storedPerson } from '../replica/replica.ts';
import { directoryPeople } from '../schema/directory-tables.ts';
import { personLinks } from '../schema/link-tables.ts';
import { timelyUsers } from '../schema/timely-tables.ts';

/** The person that the name of a decision means, as far as it has an address that a side knows. */
export interface Decider {
  /** The key of the name itself. */
  key: string;
  personIds: ReadonlySet<string>;
  /** All their addresses, for comparisons. */
  addresses: ReadonlySet<string>;
}

/** Finds the person by any address: mail, proxy addresses, sign-in name, home address, and that of their Timely user. */
export async function deciderOf(store: Store, tenant: string, by: string): Promise<Decider> {
  const given = [...new Set(addressesIn(by).flatMap((address) => [address, mailboxKey(address)]))];
  const personIds = new Set<string>();
  const addresses = new Set(given);
  if (given.length === 0) return { key: deciderKey(by), personIds, addresses };
  for (const { id, keys } of await peopleLike(store, tenant, given)) {
    if (!keys.some((key) => given.includes(key))) continue;
    personIds.add(id);
    for (const key of keys) addresses.add(key);
  }
  for (const link of await linksLike(store, tenant, [...addresses], [...personIds])) {
    personIds.add(link.personId);
    for (const address of [link.email, link.timelyEmail]) if (address) addresses.add(addressKey(address));
  }
  return { key: deciderKey(by), personIds, addresses };
}

/** Whether a change of an approval is about the decider. */
export const isAboutDecider = (
  { personIds, addresses }: Decider,
  { subjectKey, subject }: { subjectKey: string; subject: string },
): boolean => personIds.has(subjectKey) || addresses.has(addressKey(subject));

/** Whether an earlier decider, by the key that is kept of them, is the same person. */
export const isSameDecider = ({ key, addresses }: Decider, earlier: string): boolean =>
  key === earlier ||
  addressesIn(earlier).some((address) => addresses.has(address) || addresses.has(mailboxKey(address)));

/** People with one of the local parts in an address, and all their addresses. The domain may be written in another form. */
async function peopleLike(store: Store, tenant: string, given: readonly string[]) {
  const { facts } = directoryPeople;
  const texts = sql`concat_ws(' ', ${facts} ->> 'folded:mail', ${facts} ->> 'folded:userPrincipalName',
    ${facts} ->> 'folded:proxyAddresses')`;
  const isLike = given.map((address) => {
    const localPart = address.slice(0, address.lastIndexOf('@'));
    return sql`strpos(${texts}, ${localPart}) > 0`;
  });
  const rows = await store
    .select({ id: directoryPeople.id, facts })
    .from(directoryPeople)
    .where(and(eq(directoryPeople.tenant, tenant), or(...isLike)));
  return rows.map((row) => ({ id: row.id, keys: addressKeysOf(storedPerson(row.id, row.facts)) }));
}

/** Links of these people, and of Timely users with one of the addresses. */
async function linksLike(store: Store, tenant: string, addresses: string[], personIds: string[]) {
  const folded = addresses.map(foldText);
  return await store
    .select({
      personId: personLinks.personId,
      email: personLinks.email,
      timelyEmail: timelyUsers.email,
    })
    .from(personLinks)
    .leftJoin(
      timelyUsers,
      and(eq(timelyUsers.tenant, personLinks.tenant), eq(timelyUsers.id, personLinks.timelyId)),
    )
    .where(
      and(
        eq(personLinks.tenant, tenant),
        or(
          isOneOf(personLinks.personId, personIds),
          isOneOf(personLinks.email, folded),
          isOneOf(timelyUsers.emailFolded, folded),
        ),
      ),
    );
}
