/** What the store knows when a person and a Timely user are tied, or untied, by hand. */
import { and, eq, isNull, ne, or, sql } from 'drizzle-orm';
import { addressKey } from '../../domain/people/address.ts';
import type { PersonLink } from '../../domain/people/link.ts';
import { foldText } from '../../domain/text.ts';
import { hasAnyOf, isOneOf, type Store } from '../database.ts';
import { journalEvent } from '../journal/journal.ts';
import { addToDirtySet, requestReplan } from '../replica/dirty-subjects.ts';
import { personLinks } from '../schema/link-tables.ts';
import { cycles, verdicts } from '../schema/planning-tables.ts';
import { timelyUsers } from '../schema/timely-tables.ts';
import { lockCycles } from './cycles.ts';
import { linkOf, linkPeople, type NewLink } from './links.ts';

/** Keeps cycles from beginning until the transaction ends. Returns whether none runs: its plan knows nothing of a new link. */
export async function isBetweenCycles(store: Store, tenant: string): Promise<boolean> {
  await lockCycles(store, tenant);
  const isRunning = and(eq(cycles.tenant, tenant), isNull(cycles.finishedAt));
  return (await store.$count(cycles, isRunning)) === 0;
}

/** Users of Timely that a text may mean: by id or address, else by name. */
export async function findTimelyUsers(store: Store, tenant: string, text: string) {
  const { id, emailFolded, nameFolded } = timelyUsers;
  const isExact = or(sql`${id}::text = ${foldText(text)}`, eq(emailFolded, addressKey(text)));
  const users = (condition: typeof isExact) =>
    store
      .select()
      .from(timelyUsers)
      .where(and(eq(timelyUsers.tenant, tenant), condition))
      .orderBy(id)
      .limit(20);
  const exact = await users(isExact);
  return exact.length > 0 ? exact : await users(eq(nameFolded, foldText(text)));
}

export async function linkOfUser(store: Store, tenant: string, timelyId: number): Promise<PersonLink | null> {
  const [row] = await store
    .select()
    .from(personLinks)
    .where(and(eq(personLinks.tenant, tenant), eq(personLinks.timelyId, timelyId)));
  return row ? linkOf(row) : null;
}

/** Object ids of other people of the directory who have an address, or whose id it is. */
export async function othersWith(
  store: Store,
  tenant: string,
  { email, externalId, notOf }: { email: string; externalId: string | null; notOf: string },
): Promise<string[]> {
  const keys = [addressKey(email)];
  const ids = externalId === null ? [] : [externalId, foldText(externalId)];
  const { personId } = verdicts;
  const isTheirs = or(
    isOneOf(verdicts.email, keys),
    hasAnyOf(verdicts.otherAddresses, keys),
    isOneOf(personId, ids),
  );
  const rows = await store
    .select({ personId })
    .from(verdicts)
    .where(and(eq(verdicts.tenant, tenant), ne(personId, notOf), isTheirs))
    .orderBy(personId);
  return rows.map((row) => row.personId);
}

interface ByHandEntry {
  id: string;
  by: string;
  at: Date;
}

/** Ties a person to a user as an operator says, and journals it. */
export async function linkByHand(
  store: Store,
  tenant: string,
  link: Omit<NewLink, 'confirmed'>,
  state: PersonLink['state'],
  { id, by, at }: ByHandEntry,
): Promise<void> {
  await linkPeople(store, tenant, [{ ...link, confirmed: true }], state);
  await requestReplan(store, tenant);
  const after = { by, personId: link.personId, timelyId: link.timelyId };
  await journalEvent(store, tenant, { kind: 'linked', id, at, reason: 'tied by hand', after });
}

export async function unlinkByHand(
  store: Store,
  tenant: string,
  { personId, timelyId }: Pick<PersonLink, 'personId' | 'timelyId'>,
  { id, by, at }: ByHandEntry,
): Promise<void> {
  await store
    .delete(personLinks)
    .where(and(eq(personLinks.tenant, tenant), eq(personLinks.personId, personId)));
  await addToDirtySet(store, tenant, 'person', [personId]);
  await addToDirtySet(store, tenant, 'user', [String(timelyId)]);
  await requestReplan(store, tenant);
  const before = { personId, timelyId };
  await journalEvent(store, tenant, {
    kind: 'unlinked',
    id,
    at,
    reason: 'untied by hand',
    before,
    after: { by },
  });
}
