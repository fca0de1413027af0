/** Completes a part of a plan: the people in its teams, and what it needs to know of everyone else. */
import { and, count, eq, not, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { DirectorySnapshot, Membership } from '../../domain/people/directory.ts';
import type { TeamLink } from '../../domain/people/link.ts';
import { groupsBelow } from '../../domain/people/membership.ts';
import { adminRole } from '../../domain/people/roles.ts';
import type { TeamCandidate } from '../../domain/plan/unplanned-context.ts';
import { groupIdIn } from '../../domain/teams/desired-teams.ts';
import { foldText, sameText } from '../../domain/text.ts';
import type { TimelyTeam } from '../../domain/timely.ts';
import { isOneOf, isOneOfIds, type Store } from '../database.ts';
import { selectMemberships } from '../replica/memberships.ts';
import { directoryMemberships } from '../schema/directory-tables.ts';
import { personLinks, teamLinks } from '../schema/link-tables.ts';
import { verdicts } from '../schema/planning-tables.ts';
import { timelyTeams, timelyUsers } from '../schema/timely-tables.ts';
import type { RelatedSubjects } from './related-subjects.ts';

/** The part before its teams have their people. */
export interface PartialPlan {
  related: RelatedSubjects;
  /** Object ids of all people of the part, also of those whom the directory no longer has. */
  personIds: string[];
  /** Teams that the part plans. */
  sources: ReadonlySet<string>;
  /** How many people in scope are left out, by the spelling of their department. */
  departments: ReadonlyMap<string, number>;
  directory: DirectorySnapshot;
  teams: TimelyTeam[];
  teamLinks: TeamLink[];
}

/** The part with the people and members of its teams, and the context but for the lines of the tenant file. */
export async function completePartialPlan(store: Store, tenant: string, partial: PartialPlan) {
  const { directory, sources, departments } = partial;
  // At once: in a tenant of 100,000 people each of them takes PostgreSQL some 50 ms.
  const [links, teams, below, presentLinks] = await Promise.all([
    loadLinkedPeople(store, tenant, partial),
    loadMembers(store, tenant, partial),
    membershipsBelow(store, tenant, partial),
    countOtherLinks(store, tenant, partial),
  ]);
  const settled = await settledPeople(store, tenant, partial, below);
  const people = settled.map(({ timelyId: _timelyId, ...person }): TeamCandidate => person);
  const linkedUsers = await linkedUsersOf(store, tenant, partial, links, settled);
  const addresses = await addressesOf(store, tenant, partial, { teams, links }, linkedUsers);
  const unplanned = { sources, people, linkedUsers, departments, presentLinks, addresses };
  return {
    directory: { ...directory, memberships: [...directory.memberships, ...below] },
    teams,
    teamLinks: links,
    unplanned,
  };
}

/** All people in the groups that teams are made from, and in the groups below them, besides those of the part. */
async function membershipsBelow(
  store: Store,
  tenant: string,
  { directory, personIds, sources }: PartialPlan,
): Promise<Membership[]> {
  const ofTeams = [...sources].flatMap((source) => groupIdIn(source) ?? []);
  const groupIds = groupsBelow(ofTeams, directory.memberships);
  if (groupIds.size === 0) return [];
  const { groupId, memberId, memberKind } = directoryMemberships;
  const areInGroups = and(
    isOneOf(groupId, [...groupIds]),
    eq(memberKind, 'user'),
    not(isOneOf(memberId, personIds)),
  );
  return await selectMemberships(store, tenant, areInGroups);
}

/** The links, those of `sources` with the people whom the sync has put there. */
async function loadLinkedPeople(
  store: Store,
  tenant: string,
  { sources, teamLinks: links }: PartialPlan,
): Promise<TeamLink[]> {
  const rows = await store
    .select({ source: teamLinks.source, personIds: teamLinks.personIds })
    .from(teamLinks)
    .where(and(eq(teamLinks.tenant, tenant), isOneOf(teamLinks.source, [...sources])));
  const personIdsOf = new Map(rows.map(({ source, personIds }) => [source, personIds]));
  return links.map((link) => ({ ...link, personIds: personIdsOf.get(link.source) ?? [] }));
}

/** The teams, those of `sources` with their members. */
async function loadMembers(
  store: Store,
  tenant: string,
  { sources, teams, teamLinks: links }: PartialPlan,
): Promise<TimelyTeam[]> {
  const bound = new Map(links.map(({ timelyId, source }) => [timelyId, source]));
  const there = new Set(teams.map(({ id }) => bound.get(id)));
  // A team that is not bound yet may be adopted by its name, also by a source whose own team is gone.
  const adopts = [...sources].some((source) => !there.has(source));
  const ids = teams
    .map(({ id }) => id)
    .filter((id) => sources.has(bound.get(id) ?? '') || (adopts && !bound.has(id)));
  const rows = await store
    .select({ id: timelyTeams.id, members: timelyTeams.members })
    .from(timelyTeams)
    .where(and(eq(timelyTeams.tenant, tenant), isOneOfIds(timelyTeams.id, ids)));
  const membersOf = new Map(rows.map(({ id, members }) => [id, members]));
  return teams.map((team) => ({ ...team, members: membersOf.get(team.id) ?? [] }));
}

interface SettledPerson extends TeamCandidate {
  /** Their Timely user; null without a link. */
  timelyId: number | null;
}

/** People in scope whom the part leaves out and who belong into one of its teams. */
async function settledPeople(
  store: Store,
  tenant: string,
  { personIds, departments, sources }: PartialPlan,
  memberships: readonly Membership[],
): Promise<SettledPerson[]> {
  const spellings = [...departments.keys()].filter((name) => sources.has(`department:${foldText(name)}`));
  const domains = [...sources].flatMap((source) =>
    source.startsWith('domain:') ? [source.slice('domain:'.length)] : [],
  );
  const memberIds = [...new Set(memberships.map(({ memberId }) => memberId))];
  const { personId, department, domain } = verdicts;
  const isOther = and(eq(verdicts.tenant, tenant), verdicts.inScope, not(isOneOf(personId, personIds)));
  const linkOfPerson = and(eq(personLinks.tenant, verdicts.tenant), eq(personLinks.personId, personId));
  const peopleWith = async (column: PgColumn, values: readonly string[]): Promise<SettledPerson[]> =>
    values.length === 0
      ? []
      : await store
          .select({ personId, department, domain, timelyId: personLinks.timelyId })
          .from(verdicts)
          .leftJoin(personLinks, linkOfPerson)
          .where(and(isOther, isOneOf(column, values)));
  // One by one: with "or" PostgreSQL would look at everybody.
  const found = await Promise.all([
    peopleWith(personId, memberIds),
    peopleWith(department, spellings),
    peopleWith(domain, domains),
  ]);
  return [...new Map(found.flat().map((person) => [person.personId, person])).values()];
}

/** Timely users of these people, and of those whom the sync put into the teams of the part. */
async function linkedUsersOf(
  store: Store,
  tenant: string,
  { related }: PartialPlan,
  links: readonly TeamLink[],
  settled: readonly SettledPerson[],
): Promise<Map<string, number>> {
  const known = new Map(settled.map((person) => [person.personId, person.timelyId]));
  const put = links.flatMap(({ personIds }) =>
    personIds.filter((id) => !related.personIds.has(id) && !known.has(id)),
  );
  const linked = [...known].flatMap(([id, user]) => (user === null ? [] : [[id, user] as const]));
  const { personId, timelyId } = personLinks;
  const rows = await store
    .select({ personId, timelyId })
    .from(personLinks)
    .where(and(eq(personLinks.tenant, tenant), isOneOf(personId, [...new Set(put)])));
  return new Map([...linked, ...rows.map((row) => [row.personId, row.timelyId] as const)]);
}

async function countOtherLinks(store: Store, tenant: string, { related }: PartialPlan): Promise<number> {
  const isPresent = and(eq(personLinks.tenant, tenant), eq(personLinks.state, 'present'));
  const present = await store.$count(personLinks, isPresent);
  return present - [...related.links.values()].filter(({ state }) => state === 'present').length;
}

/** Addresses of members that the sync has not added to their team. Findings and changes name no others. */
async function addressesOf(
  store: Store,
  tenant: string,
  { related }: PartialPlan,
  { teams, links }: { teams: readonly TimelyTeam[]; links: readonly TeamLink[] },
  linkedUsers: ReadonlyMap<string, number>,
): Promise<Map<number, string>> {
  const putInto = new Map(links.map(({ timelyId, personIds }) => [timelyId, personIds]));
  const byHand = teams.flatMap((team) => {
    const put = new Set(putInto.get(team.id)?.map((personId) => linkedUsers.get(personId)));
    return team.members.flatMap(({ userId }) => (put.has(userId) ? [] : [userId]));
  });
  const others = [...new Set(byHand)].filter((userId) => !related.users.has(userId));
  const { id, email } = timelyUsers;
  const rows = await store
    .select({ id, email })
    .from(timelyUsers)
    .where(and(eq(timelyUsers.tenant, tenant), isOneOfIds(id, others)));
  return new Map(rows.map((row) => [row.id, row.email]));
}

/** How many people in scope the part leaves out, by the spelling of their department. */
export async function departmentsOfOthers(store: Store, tenant: string, personIds: string[]) {
  const isInScope = and(eq(verdicts.tenant, tenant), verdicts.inScope);
  const peopleBy = (where: SQL | undefined) =>
    store
      .select({ department: verdicts.department, people: count() })
      .from(verdicts)
      .where(where)
      .groupBy(verdicts.department);
  // An index alone counts all of them.
  const [all, planned] = await Promise.all([
    peopleBy(isInScope),
    peopleBy(and(isInScope, isOneOf(verdicts.personId, personIds))),
  ]);
  const others = new Map(all.map(({ department, people }) => [department, people]));
  for (const { department, people } of planned) {
    const left = (others.get(department) ?? 0) - people;
    if (left > 0) others.set(department, left);
    else others.delete(department);
  }
  return others;
}

/** Counts the present users outside the part. */
export async function countOtherUsers(store: Store, tenant: string, { users }: RelatedSubjects) {
  const { id, role, removed } = timelyUsers;
  const isPresent = and(eq(timelyUsers.tenant, tenant), eq(removed, false));
  const usersBy = (where: SQL | undefined) =>
    store.select({ role, users: count() }).from(timelyUsers).where(where).groupBy(role);
  // An index alone counts all of them.
  const [all, planned] = await Promise.all([
    usersBy(isPresent),
    usersBy(and(isPresent, isOneOfIds(id, [...users.keys()]))),
  ]);
  const countOf = (rows: typeof all) => rows.reduce((sum, row) => sum + row.users, 0);
  const adminsAmong = (rows: typeof all) => countOf(rows.filter((row) => sameText(row.role, adminRole)));
  return {
    present: countOf(all) - countOf(planned),
    admins: adminsAmong(all) - adminsAmong(planned),
  };
}
