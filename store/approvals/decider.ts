/** Who decides: nobody decides about themselves, and one person counts once (docs/reference/rules.md section 6). */
import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { addressesIn, mailboxKey } from '../../domain/approvals/decider-name.ts';
import { deciderKey } from '../../domain/approvals/decision.ts';
import type { Person } from '../../domain/people/directory.ts';
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
  /** The mailboxes of all their addresses. */
  mailboxes: ReadonlySet<string>;
}

/** Finds the person by any address: mail, proxy addresses, sign-in name, home address, and that of their Timely user. */
export async function deciderOf(store: Store, tenant: string, by: string): Promise<Decider> {
  const given = addressesIn(by).map(mailboxKey);
  const [key, personIds, mailboxes] = [deciderKey(by), new Set<string>(), new Set(given)];
  if (given.length === 0) return { key, personIds, mailboxes };
  const addPeople = (people: KnownPerson[]) => {
    for (const person of people) {
      personIds.add(person.id);
      for (const mailbox of person.mailboxes) mailboxes.add(mailbox);
    }
  };
  const alike = await peopleWhere(store, tenant, hasLocalPart(given));
  addPeople(alike.filter((person) => person.mailboxes.some((mailbox) => given.includes(mailbox))));
  const links = await linksLike(store, tenant, [...mailboxes], [...personIds]);
  for (const { email, timelyEmail } of links)
    for (const address of [email, timelyEmail]) if (address) mailboxes.add(mailboxKey(address));
  // A person who was found by the address in Timely has those of the directory too.
  const linked = links.map(({ personId }) => personId).filter((id) => !personIds.has(id));
  for (const id of linked) personIds.add(id);
  if (linked.length > 0) addPeople(await peopleWhere(store, tenant, isOneOf(directoryPeople.id, linked)));
  return { key, personIds, mailboxes };
}

/** Whether a change of an approval is about the decider. */
export const isAboutDecider = (
  { personIds, mailboxes }: Decider,
  { subjectKey, subject }: { subjectKey: string; subject: string },
): boolean => personIds.has(subjectKey) || mailboxes.has(mailboxKey(subject));

/** Whether an earlier decider, by the key that is kept of them, is the same person. */
export const isSameDecider = ({ key, mailboxes }: Decider, earlier: string): boolean =>
  key === earlier || addressesIn(earlier).some((address) => mailboxes.has(mailboxKey(address)));

interface KnownPerson {
  id: string;
  mailboxes: string[];
}

async function peopleWhere(store: Store, tenant: string, condition: SQL | undefined): Promise<KnownPerson[]> {
  const people = await selectPeople(store, tenant, condition);
  return people.map((person) => ({ id: person.id, mailboxes: addressKeysOf(person).map(mailboxKey) }));
}

/** People of the directory with the local part of one of these addresses in an address: more than those who have one of them. */
export async function peopleLike(
  store: Store,
  tenant: string,
  addresses: readonly string[],
): Promise<Person[]> {
  return addresses.length === 0 ? [] : await selectPeople(store, tenant, hasLocalPart(addresses));
}

async function selectPeople(store: Store, tenant: string, condition: SQL | undefined): Promise<Person[]> {
  const rows = await store
    .select({ id: directoryPeople.id, facts: directoryPeople.facts })
    .from(directoryPeople)
    .where(and(eq(directoryPeople.tenant, tenant), condition));
  return rows.map(({ id, facts }) => storedPerson(id, facts));
}

/** For people with the local part of a mailbox in an address: the domain may be written in another form, and have a tag before it. */
function hasLocalPart(mailboxes: readonly string[]): SQL | undefined {
  const { facts } = directoryPeople;
  const texts = sql`concat_ws(' ', ${facts} ->> 'folded:mail', ${facts} ->> 'folded:userPrincipalName',
    ${facts} ->> 'folded:proxyAddresses')`;
  return or(
    ...mailboxes.map((mailbox) => sql`strpos(${texts}, ${mailbox.slice(0, mailbox.lastIndexOf('@'))}) > 0`),
  );
}

/** As `mailboxKey` has it. */
const mailboxOf = (column: AnyPgColumn) => sql`regexp_replace(${column}, '^([^+@]+)[+][^@]*@', '\\1@')`;

/** Links of these people, and of Timely users with one of the mailboxes. */
async function linksLike(store: Store, tenant: string, mailboxes: string[], personIds: string[]) {
  const folded = mailboxes.map(foldText);
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
          isOneOf(mailboxOf(personLinks.email), folded),
          isOneOf(mailboxOf(timelyUsers.emailFolded), folded),
        ),
      ),
    );
}
