/** The directory as the store has it. */
import { and, eq, gt, type SQL, sql } from 'drizzle-orm';
import type { DirectoryStream } from '../../directory/source.ts';
import { groupBy } from '../../domain/group-by.ts';
import type {
  DirectorySnapshot,
  Group,
  Membership,
  Person,
  PrivilegedPerson,
} from '../../domain/people/directory.ts';
import { kindBySignInName } from '../../domain/people/person.ts';
import type { TeamSource } from '../../domain/plan/change.ts';
import { groupIdIn } from '../../domain/teams/desired-teams.ts';
import { asJson, isOneOf, type Store } from '../database.ts';
import {
  directoryCursors,
  directoryExtras,
  directoryGroups,
  directoryMemberships,
  directoryPeople,
  namedGroups,
} from '../schema/directory-tables.ts';
import { markAllDirty } from './dirty-subjects.ts';
import { groupSightOf } from './group-sight.ts';

/** One stream of a tenant's directory. */
export interface StreamKey {
  tenant: string;
  stream: DirectoryStream;
}

/** The table that a stream's objects are in. */
export const replicaTables: Record<DirectoryStream, SQL> = {
  users: sql.raw('directory_people'),
  groups: sql.raw('directory_groups'),
};

/** Where a stream stands; null before its first committed round. */
export async function cursorOf(store: Store, { tenant, stream }: StreamKey) {
  const [row] = await store
    .select()
    .from(directoryCursors)
    .where(and(eq(directoryCursors.tenant, tenant), eq(directoryCursors.stream, stream)));
  return row ?? null;
}

/** Counts a cycle in which the directory met the stored cursor with 5xx, once, whatever the number of attempts. */
export async function noteFailedCursor(
  store: Store,
  { tenant, stream, cycle }: StreamKey & { cycle: number },
): Promise<void> {
  const isStream = and(eq(directoryCursors.tenant, tenant), eq(directoryCursors.stream, stream));
  await store
    .update(directoryCursors)
    .set({ failedCycles: sql`${directoryCursors.failedCycles} + 1`, failedCycle: cycle })
    .where(and(isStream, sql`${directoryCursors.failedCycle} is distinct from ${cycle}`));
}

/** Rows that are fetched at a time: the driver needs more than four times the memory that a plan keeps of them. */
const peopleAtOnce = 5_000;
const membershipsAtOnce = 20_000;

/** The whole replica of a tenant, for a plan. */
export async function loadDirectory(
  store: Store,
  tenant: string,
): Promise<Omit<DirectorySnapshot, 'complete' | 'groupsRead'>> {
  const pool = createTextPool();
  const people = await loadAllPeople(store, tenant, pool);
  const groups = await loadGroups(store, tenant);
  const memberships = await loadMemberships(store, tenant, pool);
  const extras = await loadExtras(store, tenant);
  return { people, groups, memberships, ...extras };
}

/** Some people by object id; ids that are not in the directory are left out. */
export async function loadPeople(store: Store, tenant: string, ids: string[]): Promise<Person[]> {
  const rows = await store
    .select({ id: directoryPeople.id, facts: directoryPeople.facts })
    .from(directoryPeople)
    .where(and(eq(directoryPeople.tenant, tenant), isOneOf(directoryPeople.id, ids)));
  return rows.map((row) => storedPerson(row.id, row.facts, (text) => text));
}

async function loadAllPeople(store: Store, tenant: string, pool: TextPool): Promise<Person[]> {
  const people: Person[] = [];
  for (let after = '', more = true; more; ) {
    const rows = await store
      .select({ id: directoryPeople.id, facts: directoryPeople.facts })
      .from(directoryPeople)
      .where(and(eq(directoryPeople.tenant, tenant), gt(directoryPeople.id, after)))
      .orderBy(directoryPeople.id)
      .limit(peopleAtOnce);
    for (const row of rows) people.push(storedPerson(row.id, row.facts, pool));
    after = rows.at(-1)?.id ?? after;
    more = rows.length === peopleAtOnce;
  }
  return people;
}

async function loadMemberships(store: Store, tenant: string, pool: TextPool): Promise<Membership[]> {
  const { groupId, memberId, memberKind } = directoryMemberships;
  const memberships: Membership[] = [];
  for (let after = { groupId: '', memberId: '' }, more = true; more; ) {
    const isBehind = sql`(${groupId}, ${memberId}) > (${after.groupId}, ${after.memberId})`;
    const rows = await store
      .select({ groupId, memberId, memberKind })
      .from(directoryMemberships)
      .where(and(eq(directoryMemberships.tenant, tenant), isBehind))
      .orderBy(groupId, memberId)
      .limit(membershipsAtOnce);
    for (const row of rows) {
      memberships.push({
        groupId: pool(row.groupId),
        memberId: pool(row.memberId),
        memberKind: row.memberKind,
      });
    }
    after = rows.at(-1) ?? after;
    more = rows.length === membershipsAtOnce;
  }
  return memberships;
}

/** Returns the first equal text that it was given, so that an id which comes in many rows is in memory once. */
type TextPool = (text: string) => string;

function createTextPool(): TextPool {
  const texts = new Map<string, string>();
  return (text) => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, text);
    return text;
  };
}

export async function loadGroups(store: Store, tenant: string, ids?: string[]): Promise<Group[]> {
  const isAsked = ids && isOneOf(directoryGroups.id, ids);
  const rows = await store
    .select()
    .from(directoryGroups)
    .where(and(eq(directoryGroups.tenant, tenant), isAsked));
  const bindings = await store.select().from(namedGroups).where(eq(namedGroups.tenant, tenant));
  const bindingsOf = groupBy(bindings, ({ groupId }) => groupId);
  const hidden = new Set((await groupSightOf(store, tenant)).hidden);
  return rows.map(({ id, facts }) => {
    const bound = bindingsOf.get(id);
    const knownAs = bound?.map(({ name }) => name);
    const recreatedAs = bound?.filter(({ replaces }) => replaces !== null).map(({ name }) => name);
    return {
      id,
      name: text(facts.name) ?? '',
      ...(knownAs && { knownAs }),
      ...(recreatedAs && recreatedAs.length > 0 && { recreatedAs }),
      ...(hidden.has(id) && { isHidden: true }),
    };
  });
}

/** The group that a team is made from; null when the team has another source, or its group is gone. */
export async function groupOfTeam(store: Store, tenant: string, source: TeamSource): Promise<Group | null> {
  const id = groupIdIn(source);
  const [group] = id === null ? [] : await loadGroups(store, tenant, [id]);
  return group ?? null;
}

/** Role holders and app assignments. */
export async function loadExtras(store: Store, tenant: string) {
  const [row] = await store.select().from(directoryExtras).where(eq(directoryExtras.tenant, tenant));
  return { privileged: row?.privileged ?? [], appAssignments: row?.appAssignments ?? [] };
}

/** Replaces role holders and app assignments, which are read completely each time. */
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
  if (result.rowCount) await markAllDirty(store, tenant);
}

export async function storeCredentialEnd(store: Store, tenant: string, endsAt: Date | null): Promise<void> {
  await store
    .update(directoryExtras)
    .set({ credentialEndsAt: endsAt })
    .where(eq(directoryExtras.tenant, tenant));
}

/** When the credential of the tenant's application ends; null when that is not known. */
export async function credentialEndOf(store: Store, tenant: string): Promise<Date | null> {
  const [row] = await store
    .select({ endsAt: directoryExtras.credentialEndsAt })
    .from(directoryExtras)
    .where(eq(directoryExtras.tenant, tenant));
  return row?.endsAt ?? null;
}

const text = (value: unknown) => (typeof value === 'string' ? value : null);
const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** A missing fact counts as empty: a first round leaves out what was never set. */
export function storedPerson(
  id: string,
  facts: Record<string, unknown>,
  pool: TextPool = (text) => text,
): Person {
  const attributes: Record<string, string> = {};
  for (const [key, value] of Object.entries(facts)) {
    if (key.startsWith('attribute:') && typeof value === 'string')
      attributes[pool(key.slice(10))] = pool(value);
  }
  const { formerAddresses, otherAddresses, invitation, managerId } = facts;
  const signInName = text(facts.userPrincipalName) ?? '';
  return {
    id: pool(id),
    name: text(facts.name) ?? '',
    userPrincipalName: signInName,
    mail: text(facts.mail),
    proxyAddresses: textsIn(facts.proxyAddresses),
    ...(Array.isArray(formerAddresses) && { formerAddresses: textsIn(formerAddresses) }),
    ...(Array.isArray(otherAddresses) &&
      otherAddresses.length > 0 && { otherAddresses: textsIn(otherAddresses) }),
    enabled: facts.enabled !== false,
    ...(facts.isPaused === true && { isPaused: true }),
    ...(typeof facts.validFrom === 'string' && { validFrom: facts.validFrom }),
    ...(typeof facts.validTo === 'string' && { validTo: facts.validTo }),
    ...(facts.isAgent === true && { isAgent: true }),
    ...(typeof facts.otherKind === 'string' && { otherKind: facts.otherKind }),
    ...(facts.isMailUnverified === true && { isMailUnverified: true }),
    kind: facts.kind === 'guest' || facts.kind === 'member' ? facts.kind : kindBySignInName(signInName),
    invitation: invitation === 'accepted' || invitation === 'pending' ? invitation : null,
    attributes,
    managerId: typeof managerId === 'string' ? pool(managerId) : null,
  };
}
