/** The directory as the store has it. */
import { and, eq, sql } from 'drizzle-orm';
import type { DirectorySnapshot, Group, Person, PrivilegedPerson } from '../domain/directory.ts';
import { asJson, type Store } from './database.ts';
import { directoryExtras, directoryGroups, directoryMemberships, directoryPeople } from './schema.ts';
import { touch } from './tenants.ts';

/** The whole replica of a tenant, for a plan. */
export async function loadDirectory(
  store: Store,
  tenant: string,
): Promise<Omit<DirectorySnapshot, 'complete'>> {
  const people = await store.select().from(directoryPeople).where(eq(directoryPeople.tenant, tenant));
  const groups = await loadGroups(store, tenant);
  const memberships = await store
    .select({
      groupId: directoryMemberships.groupId,
      memberId: directoryMemberships.memberId,
      memberKind: directoryMemberships.memberKind,
    })
    .from(directoryMemberships)
    .where(eq(directoryMemberships.tenant, tenant));
  const extras = await loadExtras(store, tenant);
  return {
    people: people.map((row) => personOf(row.id, row.facts)),
    groups,
    memberships,
    ...extras,
  };
}

export async function loadGroups(store: Store, tenant: string): Promise<Group[]> {
  const rows = await store.select().from(directoryGroups).where(eq(directoryGroups.tenant, tenant));
  return rows.map((row) => ({ id: row.id, name: text(row.facts.name) ?? '' }));
}

async function loadExtras(store: Store, tenant: string) {
  const [row] = await store.select().from(directoryExtras).where(eq(directoryExtras.tenant, tenant));
  return { privileged: row?.privileged ?? [], appAssignments: row?.appAssignments ?? [] };
}

/** Replaces role holders and app assignments, which are read whole each time. */
export async function storeExtras(
  store: Store,
  tenant: string,
  extras: { privileged: PrivilegedPerson[]; appAssignments: string[] },
): Promise<void> {
  const result = await store.execute(sql`
    insert into directory_extras as stored (tenant, privileged, app_assignments)
    values (${tenant}, ${asJson(extras.privileged)}, ${asJson(extras.appAssignments)})
    on conflict (tenant) do update set privileged = excluded.privileged, app_assignments = excluded.app_assignments
    where (stored.privileged, stored.app_assignments) is distinct from (excluded.privileged, excluded.app_assignments)`);
  if (result.rowCount) await touch(store, tenant);
}

/** Corrects one person after a point read that knew better; null takes the person out. */
export async function correctPerson(store: Store, tenant: string, personId: string, person: Person | null) {
  if (person === null) {
    await store
      .delete(directoryPeople)
      .where(and(eq(directoryPeople.tenant, tenant), eq(directoryPeople.id, personId)));
  } else {
    const { id, attributes, ...rest } = person;
    const named = Object.entries(attributes).map(([name, value]) => [`attribute:${name}`, value]);
    const facts = { ...rest, ...Object.fromEntries(named) };
    await store
      .insert(directoryPeople)
      .values({ tenant, id, facts })
      .onConflictDoUpdate({ target: [directoryPeople.tenant, directoryPeople.id], set: { facts } });
  }
  await touch(store, tenant);
}

const text = (value: unknown) => (typeof value === 'string' ? value : null);

/** Facts that never came are as good as empty: a first round leaves out what was never set. */
function personOf(id: string, facts: Record<string, unknown>): Person {
  const attributes: Record<string, string> = {};
  for (const [key, value] of Object.entries(facts)) {
    if (key.startsWith('attribute:') && typeof value === 'string') attributes[key.slice(10)] = value;
  }
  const { proxyAddresses, invitation } = facts;
  return {
    id,
    name: text(facts.name) ?? '',
    userPrincipalName: text(facts.userPrincipalName) ?? '',
    mail: text(facts.mail),
    proxyAddresses: Array.isArray(proxyAddresses)
      ? proxyAddresses.filter((item) => typeof item === 'string')
      : [],
    enabled: facts.enabled !== false,
    kind: facts.kind === 'guest' ? 'guest' : 'member',
    invitation: invitation === 'accepted' || invitation === 'pending' ? invitation : null,
    attributes,
    managerId: text(facts.managerId),
  };
}
