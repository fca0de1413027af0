/**
 * Finds the people and Timely users that a plan may match with each other, by link, external id or address
 * (docs/reference/rules.md section 3). Others neither change what is planned for these, nor are changed by it.
 */
import { and, eq, or } from 'drizzle-orm';
import { addressKey } from '../../domain/people/address.ts';
import type { Person } from '../../domain/people/directory.ts';
import type { PersonLink } from '../../domain/people/link.ts';
import { emailOf, otherAddressKeysOf } from '../../domain/people/person.ts';
import { foldText } from '../../domain/text.ts';
import type { TimelyRole, TimelyUser } from '../../domain/timely.ts';
import { hasAnyOf, isOneOf, isOneOfIds, type Store } from '../database.ts';
import { dirtyMax } from '../replica/dirty-subjects.ts';
import { storedPerson } from '../replica/replica.ts';
import { userOf } from '../replica/timely-snapshot.ts';
import { directoryPeople } from '../schema/directory-tables.ts';
import { personLinks } from '../schema/link-tables.ts';
import { verdicts } from '../schema/planning-tables.ts';
import { timelyUsers } from '../schema/timely-tables.ts';
import { linkOf } from './links.ts';

export interface RelatedSubjects {
  people: Map<string, Person>;
  users: Map<number, TimelyUser>;
  links: Map<string, PersonLink>;
  /** Object ids of all of them, also of people whom the directory no longer has. */
  personIds: Set<string>;
}

/** Found, and not yet followed. */
interface Frontier {
  personIds: string[];
  userIds: number[];
  emails: string[];
}

/** Everyone related to these over any number of steps; null when they are too many for a partial plan. */
export async function findRelatedSubjects(
  store: Store,
  tenant: string,
  dirty: { people: string[]; users: number[] },
  roles: readonly TimelyRole[],
): Promise<RelatedSubjects | null> {
  const related: RelatedSubjects = {
    people: new Map(),
    users: new Map(),
    links: new Map(),
    personIds: new Set(),
  };
  const seen = { userIds: new Set<number>(), emails: new Set<string>() };
  const found: Frontier = { personIds: dirty.people, userIds: dirty.users, emails: [] };
  for (;;) {
    const frontier = {
      personIds: added(related.personIds, found.personIds),
      userIds: added(seen.userIds, found.userIds),
      emails: added(seen.emails, found.emails),
    };
    if (related.personIds.size > dirtyMax) return null;
    if (Object.values(frontier).every((each) => each.length === 0)) return related;
    Object.assign(found, await follow(store, tenant, frontier, related, roles));
  }
}

/** Adds the rows of the frontier to the related subjects. Returns all that these rows name. */
async function follow(
  store: Store,
  tenant: string,
  frontier: Frontier,
  related: RelatedSubjects,
  roles: readonly TimelyRole[],
): Promise<Frontier> {
  const { personIds, emails } = frontier;
  const found: Frontier = { personIds: [], userIds: [], emails: [] };
  const [people, links, users, sharing] = await Promise.all([
    store
      .select({ id: directoryPeople.id, facts: directoryPeople.facts })
      .from(directoryPeople)
      .where(and(eq(directoryPeople.tenant, tenant), isOneOf(directoryPeople.id, personIds))),
    linksOf(store, tenant, frontier),
    usersOf(store, tenant, frontier),
    peopleWithAddress(store, tenant, emails),
  ]);
  for (const { id, facts } of people) {
    const person = storedPerson(id, facts);
    related.people.set(id, person);
    const email = emailOf(person);
    found.emails.push(email ?? '', ...otherAddressKeysOf(person, email));
  }
  for (const link of links) {
    related.links.set(link.personId, linkOf(link));
    found.personIds.push(link.personId);
    found.userIds.push(link.timelyId);
    found.emails.push(link.email, ...(link.formerKeys ?? []));
  }
  for (const user of users) {
    related.users.set(user.id, userOf(user, roles));
    found.userIds.push(user.id);
    found.emails.push(user.email);
    if (user.externalId) found.personIds.push(user.externalId, foldText(user.externalId));
  }
  for (const { personId } of sharing) found.personIds.push(personId);
  found.emails = found.emails.filter((email) => email !== '').map(addressKey);
  return found;
}

const linksOf = (store: Store, tenant: string, { personIds, userIds, emails }: Frontier) =>
  store
    .select()
    .from(personLinks)
    .where(
      and(
        eq(personLinks.tenant, tenant),
        or(
          isOneOf(personLinks.personId, personIds),
          isOneOfIds(personLinks.timelyId, userIds),
          isOneOf(personLinks.email, emails),
          hasAnyOf(personLinks.formerKeys, emails),
        ),
      ),
    );

const usersOf = (store: Store, tenant: string, { personIds, userIds, emails }: Frontier) =>
  store
    .select()
    .from(timelyUsers)
    .where(
      and(
        eq(timelyUsers.tenant, tenant),
        or(
          isOneOfIds(timelyUsers.id, userIds),
          isOneOf(timelyUsers.externalIdFolded, personIds.map(foldText)),
          isOneOf(timelyUsers.emailFolded, emails),
        ),
      ),
    );

const peopleWithAddress = (store: Store, tenant: string, emails: string[]) =>
  store
    .select({ personId: verdicts.personId })
    .from(verdicts)
    .where(
      and(
        eq(verdicts.tenant, tenant),
        or(isOneOf(verdicts.email, emails), hasAnyOf(verdicts.otherAddresses, emails)),
      ),
    );

/** Adds items to a set. Returns those that are new. */
function added<Item>(known: Set<Item>, items: readonly Item[]): Item[] {
  const fresh = [...new Set(items)].filter((item) => !known.has(item));
  for (const item of fresh) known.add(item);
  return fresh;
}
