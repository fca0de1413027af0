/** Links between the directory and Timely. */
import { and, eq, or, sql } from 'drizzle-orm';
import type { PersonLink } from '../../domain/people/link.ts';
import { foldText } from '../../domain/text.ts';
import { asJson, isOneOf, isOneOfIds, type Store } from '../database.ts';
import { addToDirtySet, markReturnedDirty } from '../replica/dirty-subjects.ts';
import { personLinks, teamLinks } from '../schema/link-tables.ts';

export async function loadPersonLinks(store: Store, tenant: string): Promise<PersonLink[]> {
  const rows = await store.select().from(personLinks).where(eq(personLinks.tenant, tenant));
  return rows.map(linkOf);
}

export function linkOf(row: typeof personLinks.$inferSelect): PersonLink {
  const { personId, timelyId, state, email, role, outOfScopeSince, roleByHand, confirmed, former } = row;
  return {
    personId,
    timelyId,
    state,
    email,
    role,
    outOfScopeSince: outOfScopeSince?.toISOString() ?? null,
    ...(roleByHand && { roleByHand }),
    ...(confirmed && { confirmed }),
    ...(former && { former }),
  };
}

/** A link that a new one replaced. */
export type LinkReplaced = Pick<PersonLink, 'personId' | 'timelyId' | 'email' | 'state'>;

/** What a person is linked as. `roleByHand` counts for a Timely user whom no person was linked to. Default: false. */
export type NewLink = Pick<PersonLink, 'personId' | 'timelyId' | 'email' | 'role' | 'confirmed'> &
  Partial<Pick<PersonLink, 'roleByHand'>>;

/**
 * Links people as present, or as removed by us. A Timely user has one link: after a rehire it moves from the old object id.
 * Returns the replaced links by person: the user's to another person, and the person's to another user. What is known of a
 * person stays while they are linked to the same user.
 */
export async function linkPeople(
  store: Store,
  tenant: string,
  links: readonly NewLink[],
  state: PersonLink['state'] = 'present',
): Promise<Map<string, LinkReplaced[]>> {
  if (links.length === 0) return new Map();
  const before = await takeLinks(store, tenant, links);
  const replaced = new Map(
    links.map((link) => [link.personId, before.filter((old) => isReplaced(old, link)).map(replacedOf)]),
  );
  for (const [personId, old] of replaced) {
    for (const other of old.filter((link) => link.personId !== personId)) {
      await renameInTeams(store, tenant, other.personId, personId);
      await addToDirtySet(store, tenant, 'person', [other.personId]);
    }
  }
  const byHand = new Map(before.map(({ timelyId, roleByHand }) => [timelyId, roleByHand]));
  const rows = links.map((link) => {
    const same = before.find((old) => isSameLink(old, link));
    return {
      ...link,
      email: foldText(link.email),
      confirmed: link.confirmed === true || same?.confirmed === true,
      former: same?.former ?? null,
      formerKeys: same?.formerKeys ?? null,
      roleByHand: byHand.get(link.timelyId) ?? link.roleByHand ?? false,
    };
  });
  await markReturnedDirty(
    store,
    tenant,
    sql`insert into person_links
        (tenant, person_id, timely_id, state, email, role, confirmed, former, former_keys, role_by_hand)
      select ${tenant}, "personId", "timelyId", ${state}, email, role, confirmed, former, "formerKeys", "roleByHand"
      from jsonb_to_recordset(${asJson(rows)}) as link ("personId" text, "timelyId" bigint, email text, role text,
        confirmed boolean, former jsonb, "formerKeys" text[], "roleByHand" boolean)
      returning 'person' as kind, person_id as key`,
  );
  return replaced;
}

const isReplaced = (old: LinkReplaced, { personId, timelyId }: NewLink) =>
  (old.personId === personId) !== (old.timelyId === timelyId);

const isSameLink = (old: LinkReplaced, { personId, timelyId }: NewLink) =>
  old.personId === personId && old.timelyId === timelyId;

const replacedOf = ({ personId, timelyId, email, state }: LinkReplaced): LinkReplaced => ({
  personId,
  timelyId,
  email,
  state,
});

/** Deletes and returns the links of these people and these users. */
async function takeLinks(store: Store, tenant: string, links: readonly NewLink[]) {
  const { personId, timelyId, email, state, confirmed, former, formerKeys, roleByHand } = personLinks;
  const ofUsers = isOneOfIds(
    timelyId,
    links.map((link) => link.timelyId),
  );
  const ofPeople = isOneOf(
    personId,
    links.map((link) => link.personId),
  );
  return await store
    .delete(personLinks)
    .where(and(eq(personLinks.tenant, tenant), or(ofUsers, ofPeople)))
    .returning({ personId, timelyId, email, state, confirmed, former, formerKeys, roleByHand });
}

/** Replaces an object id in the teams that the sync put the person into. */
async function renameInTeams(store: Store, tenant: string, from: string, to: string): Promise<void> {
  await store
    .update(teamLinks)
    .set({ personIds: sql`${teamLinks.personIds} - ${from}::text || ${JSON.stringify([to])}::jsonb` })
    .where(and(eq(teamLinks.tenant, tenant), sql`${teamLinks.personIds} ? ${from}`));
}

/** Records that we removed the person. The link stays, so that a return reinstates the same user. */
export async function markRemoved(
  store: Store,
  tenant: string,
  link: Pick<PersonLink, 'personId' | 'timelyId' | 'email'>,
): Promise<void> {
  await linkPeople(store, tenant, [{ ...link, role: null }], 'removed');
}

/** Records the role that we gave the person. `roleByHand`: an undo gave back one that had been given by hand. */
export async function rememberRole(
  store: Store,
  tenant: string,
  personId: string,
  role: string,
  roleByHand = false,
): Promise<void> {
  await store
    .update(personLinks)
    .set({ role, roleByHand })
    .where(and(eq(personLinks.tenant, tenant), eq(personLinks.personId, personId)));
  await addToDirtySet(store, tenant, 'person', [personId]);
}

/** Stores since when people are out of scope. */
export async function storeOutOfScope(
  store: Store,
  tenant: string,
  updates: { personId: string; outOfScopeSince: string | null }[],
): Promise<void> {
  if (updates.length === 0) return;
  await store.execute(sql`
    update person_links set out_of_scope_since = since."outOfScopeSince"
    from jsonb_to_recordset(${asJson(updates)}) as since ("personId" text, "outOfScopeSince" timestamptz)
    where tenant = ${tenant} and person_id = since."personId"`);
}

/** Whether the person's role was given by hand, as their link has it. */
export async function hasRoleByHand(store: Store, tenant: string, personId: string): Promise<boolean> {
  const [row] = await store
    .select({ roleByHand: personLinks.roleByHand })
    .from(personLinks)
    .where(and(eq(personLinks.tenant, tenant), eq(personLinks.personId, personId)));
  return row?.roleByHand ?? false;
}

/** Stores that the role of these people is the one of the tenant file, and no longer one that was given by hand. */
export async function storeAgreedRoles(
  store: Store,
  tenant: string,
  personIds: readonly string[],
): Promise<void> {
  if (personIds.length === 0) return;
  await store
    .update(personLinks)
    .set({ roleByHand: false })
    .where(and(eq(personLinks.tenant, tenant), isOneOf(personLinks.personId, [...personIds])));
}

/** Timely ids by object id: of people who are linked as present, or of all who were ever linked. */
export async function timelyIdsOf(
  store: Store,
  tenant: string,
  personIds: string[],
  which: 'present' | 'any',
) {
  const { rows } = await store.execute<{ person_id: string; timely_id: string }>(sql`
    select person_id, timely_id from person_links where tenant = ${tenant}
    and ${isOneOf(sql`person_id`, personIds)}
    and (state = 'present' or ${which === 'any'}) order by person_id`);
  return new Map(rows.map((row) => [row.person_id, Number(row.timely_id)]));
}
