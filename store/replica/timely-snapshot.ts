/** Timely as the store has it: from the last reads, and from the responses to our own writes since. */
import { isDeepStrictEqual } from 'node:util';
import { and, eq, getTableColumns, inArray, ne, type SQL, sql } from 'drizzle-orm';
import { withRoleName } from '../../domain/people/roles.ts';
import type {
  TimelyAccount,
  TimelyRole,
  TimelySnapshot,
  TimelyTeam,
  TimelyUser,
} from '../../domain/timely.ts';
import { asJson, type Store } from '../database.ts';
import { teamLinks } from '../schema/link-tables.ts';
import { timelyAccounts, timelyTeams, timelyUsers, userFolds } from '../schema/timely-tables.ts';
import { addToDirtySet, markAllDirty, markReturnedDirty, requestReplan } from './dirty-subjects.ts';
import { dropFromTeams, dropNewlyRemoved } from './team-rosters.ts';

/** Null before the first read. */
export async function loadTimely(store: Store, tenant: string): Promise<TimelySnapshot | null> {
  const account = await accountRow(store, tenant);
  if (!account) return null;
  const users = await store.select().from(timelyUsers).where(eq(timelyUsers.tenant, tenant));
  return {
    account: account.account,
    ownUserId: account.ownUserId,
    roles: account.roles,
    complete: account.complete,
    users: users.map((row) => userOf(row, account.roles)),
    teams: await storedTeams(store, tenant),
  };
}

const { tenant: _tenant, ...teamColumns } = getTableColumns(timelyTeams);

export async function storedTeams(store: Store, tenant: string): Promise<TimelyTeam[]> {
  return await store.select(teamColumns).from(timelyTeams).where(eq(timelyTeams.tenant, tenant));
}

/** A stored user as a plan uses it. */
export function userOf(row: typeof timelyUsers.$inferSelect, roles: readonly TimelyRole[]): TimelyUser {
  const { id, email, name, roleId, role, externalId, removed, pending, updatedAt } = row;
  const user = { id, email, name, roleId, role, externalId, removed, updatedAt };
  return withRoleName(pending ? { ...user, pending } : user, roles);
}

export async function accountRow(store: Store, tenant: string) {
  const [row] = await store.select().from(timelyAccounts).where(eq(timelyAccounts.tenant, tenant));
  return row ?? null;
}

/** The address of a user, removed or not; null when it is not known. */
export async function addressOf(store: Store, tenant: string, id: number): Promise<string | null> {
  const [row] = await store
    .select({ email: timelyUsers.email })
    .from(timelyUsers)
    .where(and(eq(timelyUsers.tenant, tenant), eq(timelyUsers.id, id)));
  return row?.email ?? null;
}

/** Those of the users that are removed from the account, as far as the store knows. */
export async function removedAmong(store: Store, tenant: string, ids: number[]): Promise<Set<number>> {
  const rows = await store
    .select({ id: timelyUsers.id })
    .from(timelyUsers)
    .where(and(eq(timelyUsers.tenant, tenant), eq(timelyUsers.removed, true), inArray(timelyUsers.id, ids)));
  return new Set(rows.map(({ id }) => id));
}

/** How many users are present, by the last reads and our own writes. */
export async function countPresent(store: Store, tenant: string): Promise<number> {
  return await store.$count(timelyUsers, and(eq(timelyUsers.tenant, tenant), eq(timelyUsers.removed, false)));
}

export interface AccountRead {
  account: TimelyAccount;
  roles: TimelyRole[];
  ownUserId: number;
  watermark: number;
  complete: boolean;
  wholeAt: Date | null;
}

/**
 * Stores what was read of the account. Roles, the owner and our own user may concern every person, and so does a read that
 * is complete again, because an incomplete one makes no teams. Each plan looks at seats anyway.
 */
export async function storeAccount(store: Store, tenant: string, read: AccountRead): Promise<void> {
  const before = await accountRow(store, tenant);
  await store
    .insert(timelyAccounts)
    .values({ tenant, ...read })
    .onConflictDoUpdate({ target: timelyAccounts.tenant, set: read });
  if (before === null || !isDeepStrictEqual(concerningAll(before), concerningAll(read))) {
    await markAllDirty(store, tenant);
  }
}

const concerningAll = ({
  account,
  roles,
  ownUserId,
  complete,
}: Pick<AccountRead, 'account' | 'roles' | 'ownUserId' | 'complete'>) => ({
  ownerId: account.ownerId,
  roles,
  ownUserId,
  complete,
});

/**
 * Writes users as read, in a set. Only what a plan looks at counts as a change, so that our own writes, which move
 * `updated_at`, do not make the next cycle plan.
 */
export async function storeUsers(
  store: Store,
  tenant: string,
  users: TimelyUser[],
  cycle: number,
): Promise<void> {
  if (users.length === 0) return;
  await dropNewlyRemoved(store, tenant, users);
  const { rows } = await store.execute<{ changed: string }>(sql`
    with read as materialized (
      select * from ${usersOf(users)}
    ), differing as (
      select read.id from read left join timely_users stored on stored.tenant = ${tenant} and stored.id = read.id
      where (stored.email, stored.name, stored.role_id, stored.role, stored.external_id, stored.removed, stored.pending)
        is distinct from
        (read.email, read.name, read."roleId", read.role, read."externalId", read.removed, coalesce(read.pending, false))
    ), marked as (
      insert into dirty_subjects (tenant, kind, key) select ${tenant}, 'user', id::text from differing
      where exists (select from tenants where tenant = ${tenant} and plan_baseline is not null)
    ), written as (${writtenUsers(tenant, sql`read`, cycle)}
    ) select count(*) as changed from differing`);
  // Without a baseline the next plan covers the whole tenant, so that no user is marked.
  if (Number(rows[0]?.changed ?? 0) > 0) await requestReplan(store, tenant);
}

/** After a complete full read: drops users that it did not see. */
export async function dropUnseenUsers(store: Store, tenant: string, cycle: number): Promise<void> {
  const result = await store
    .delete(timelyUsers)
    .where(and(eq(timelyUsers.tenant, tenant), ne(timelyUsers.seenIn, cycle)));
  if (result.rowCount) await markAllDirty(store, tenant);
}

/** Replaces all teams by those of a full read. */
export async function storeTeams(store: Store, tenant: string, teams: TimelyTeam[]): Promise<void> {
  const gone = await store.execute(sql`
    delete from timely_teams where tenant = ${tenant}
    and id not in (select (team ->> 'id')::bigint from jsonb_array_elements(${asJson(teams)}) as team)`);
  const written = await store.execute(sql`
    insert into timely_teams as stored (tenant, id, name, external_id, members)
    select ${tenant}, id, name, "externalId", members
    from jsonb_to_recordset(${asJson(teams)}) as team (id bigint, name text, "externalId" text, members jsonb)
    on conflict (tenant, id) do update
    set name = excluded.name, external_id = excluded.external_id, members = excluded.members
    where (stored.name, stored.external_id, stored.members)
      is distinct from (excluded.name, excluded.external_id, excluded.members)`);
  if ((gone.rowCount ?? 0) + (written.rowCount ?? 0) > 0) await markAllDirty(store, tenant);
}

/** Stores the responses to our own writes, so that the next plan starts from them. */
export async function rememberUsers(
  store: Store,
  tenant: string,
  users: TimelyUser[],
  cycle: number,
): Promise<void> {
  if (users.length === 0) return;
  await markReturnedDirty(
    store,
    tenant,
    sql`${writtenUsers(tenant, usersOf(users), cycle)} returning 'user' as kind, id::text as key`,
  );
}

/** The users of a list as rows. */
const usersOf = (
  users: TimelyUser[],
) => sql`jsonb_to_recordset(${asJson(users.map((user) => ({ ...user, ...userFolds(user) })))}) as entry (id bigint, email text, name text,
  "roleId" bigint, role text, "externalId" text, removed boolean, pending boolean, "updatedAt" bigint,
  "emailFolded" text, "nameFolded" text, "externalIdFolded" text)`;

const writtenUsers = (tenant: string, users: SQL, cycle: number) => sql`
  insert into timely_users as stored (tenant, id, email, name, role_id, role, external_id, removed, pending, updated_at, seen_in,
    email_folded, name_folded, external_id_folded)
  select ${tenant}, id, email, name, "roleId", role, "externalId", removed, coalesce(pending, false), "updatedAt", ${cycle},
    "emailFolded", "nameFolded", "externalIdFolded" from ${users}
  on conflict (tenant, id) do update set email = excluded.email, name = excluded.name, role_id = excluded.role_id,
    role = excluded.role, external_id = excluded.external_id, removed = excluded.removed, pending = excluded.pending,
    updated_at = excluded.updated_at, seen_in = excluded.seen_in, email_folded = excluded.email_folded,
    name_folded = excluded.name_folded, external_id_folded = excluded.external_id_folded`;

export async function rememberRemoved(store: Store, tenant: string, id: number): Promise<void> {
  await store
    .update(timelyUsers)
    .set({ removed: true })
    .where(and(eq(timelyUsers.tenant, tenant), eq(timelyUsers.id, id)));
  await dropFromTeams(store, tenant, [id]);
  await addToDirtySet(store, tenant, 'user', [String(id)]);
}

/** A team as it was last read or written; null when the store does not have it. */
export async function storedTeam(store: Store, tenant: string, id: number): Promise<TimelyTeam | null> {
  const [team] = await store
    .select(teamColumns)
    .from(timelyTeams)
    .where(and(eq(timelyTeams.tenant, tenant), eq(timelyTeams.id, id)));
  return team ?? null;
}

/** Condition: the team has the user among its members. */
export const hasMember = (tenant: string, userId: number) =>
  and(eq(timelyTeams.tenant, tenant), sql`${timelyTeams.members} @> ${asJson([{ userId }])}`);

/** Names of the teams that have a user among their members, in order. */
export async function teamNamesOf(store: Store, tenant: string, userId: number): Promise<string[]> {
  const { name } = timelyTeams;
  const rows = await store.select({ name }).from(timelyTeams).where(hasMember(tenant, userId)).orderBy(name);
  return rows.map((team) => team.name);
}

export async function rememberTeam(store: Store, tenant: string, team: TimelyTeam): Promise<void> {
  await store
    .insert(timelyTeams)
    .values({ tenant, ...team })
    .onConflictDoUpdate({ target: [timelyTeams.tenant, timelyTeams.id], set: team });
  await markTeamDirty(store, tenant, team.id);
}

export async function forgetTeam(store: Store, tenant: string, id: number): Promise<void> {
  await store.delete(timelyTeams).where(and(eq(timelyTeams.tenant, tenant), eq(timelyTeams.id, id)));
  await markTeamDirty(store, tenant, id);
}

/** A team without a link may be adopted by any rule, or block its name for any other team: it concerns everything. */
async function markTeamDirty(store: Store, tenant: string, id: number): Promise<void> {
  const bound = await store
    .select({ source: teamLinks.source })
    .from(teamLinks)
    .where(and(eq(teamLinks.tenant, tenant), eq(teamLinks.timelyId, id)));
  if (bound.length === 0) await addToDirtySet(store, tenant, 'everything', ['']);
  const sources = bound.map(({ source }) => source);
  await addToDirtySet(store, tenant, 'team', sources);
}
