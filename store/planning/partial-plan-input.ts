/** What the plan of a part is made from: the people and users concerned, and what it has to know of everybody else. */
import { and, count, eq, not, or, type SQL, sql } from 'drizzle-orm';
import type { DirectorySnapshot, Membership } from '../../domain/people/directory.ts';
import type { PersonLink, TeamLink } from '../../domain/people/link.ts';
import { adminRole } from '../../domain/people/roles.ts';
import type { TeamCandidate, UnplannedContext } from '../../domain/plan/unplanned-context.ts';
import { foldText, sameText } from '../../domain/text.ts';
import type { TimelySnapshot } from '../../domain/timely.ts';
import { isOneOf, isOneOfIds, type Store } from '../database.ts';
import { loadExtras, loadGroups } from '../replica/replica.ts';
import { accountRow } from '../replica/timely-snapshot.ts';
import { directoryMemberships } from '../schema/directory-tables.ts';
import { personLinks, teamLinks } from '../schema/link-tables.ts';
import { verdicts } from '../schema/planning-tables.ts';
import { timelyTeams, timelyUsers } from '../schema/timely-tables.ts';
import type { DirtySubjects } from './dirty-subjects.ts';
import { findRelatedSubjects, type RelatedSubjects } from './related-subjects.ts';

export interface PartialPlanInput {
  directory: Omit<DirectorySnapshot, 'complete'>;
  timely: TimelySnapshot;
  personLinks: PersonLink[];
  /** All of them, but the people only of the teams of `sources`. */
  teamLinks: TeamLink[];
  /** Teams that the touched people are in, by what is stored of these teams and by what the last plan said of them. */
  sources: string[];
  /** Object ids of all people of the part, also of those whom the directory no longer has. */
  personIds: string[];
  /** How many people in scope are left out, by the spelling of their department. */
  departments: ReadonlyMap<string | null, number>;
}

/** The part around what was touched; null when it is too large to be one, or Timely was never read. */
export async function loadPartialPlanInput(
  store: Store,
  tenant: string,
  dirty: DirtySubjects,
): Promise<PartialPlanInput | null> {
  const account = await accountRow(store, tenant);
  const related = account && (await findRelatedSubjects(store, tenant, dirty, account.roles));
  if (!account || !related) return null;
  const personIds = [...related.personIds];
  const teams = await loadTeams(store, tenant, related, dirty.sources);
  return {
    directory: {
      people: [...related.people.values()],
      groups: await loadGroups(store, tenant),
      memberships: await membershipsOf(store, tenant, personIds),
      ...(await loadExtras(store, tenant)),
    },
    timely: {
      account: account.account,
      ownUserId: account.ownUserId,
      roles: account.roles,
      complete: account.complete,
      users: [...related.users.values()],
      teams: teams.timely,
      others: await countOtherUsers(store, tenant, related),
    },
    personLinks: [...related.links.values()],
    teamLinks: teams.links,
    sources: [...teams.sources, ...(await departmentsBefore(store, tenant, personIds))],
    personIds,
    departments: await departmentsOfOthers(store, tenant, personIds),
  };
}

/** Memberships of these people, and those of groups in groups. */
async function membershipsOf(store: Store, tenant: string, personIds: string[]): Promise<Membership[]> {
  const { memberId, memberKind } = directoryMemberships;
  const theirs = and(eq(memberKind, 'user'), isOneOf(memberId, personIds));
  return await selectMemberships(store, tenant, or(eq(memberKind, 'group'), theirs));
}

async function selectMemberships(
  store: Store,
  tenant: string,
  which: SQL | undefined,
): Promise<Membership[]> {
  const { groupId, memberId, memberKind } = directoryMemberships;
  return await store
    .select({ groupId, memberId, memberKind })
    .from(directoryMemberships)
    .where(and(eq(directoryMemberships.tenant, tenant), which));
}

/** Names of all teams; those of the part come with the people in them. */
async function loadTeams(
  store: Store,
  tenant: string,
  { personIds, users }: RelatedSubjects,
  dirty: string[],
) {
  const people = sql`${sql.param([...personIds])}::text[]`;
  const userIds = sql`${sql.param([...users.keys()])}::bigint[]`;
  const { source, timelyId, origin, name } = teamLinks;
  const isTied = sql<boolean>`${teamLinks.personIds} ?| ${people}`;
  const links = await store
    .select({ source, timelyId, origin, name, isTied })
    .from(teamLinks)
    .where(eq(teamLinks.tenant, tenant));
  const hasUser = sql<boolean>`exists (select from jsonb_array_elements(${timelyTeams.members}) as member
    where (member ->> 'userId')::bigint = any(${userIds}))`;
  const timely = await store
    .select({ id: timelyTeams.id, name: timelyTeams.name, hasUser })
    .from(timelyTeams)
    .where(eq(timelyTeams.tenant, tenant));
  const tiedTeams = new Set(timely.filter((team) => team.hasUser).map(({ id }) => id));
  const tied = links.filter((link) => link.isTied || tiedTeams.has(link.timelyId));
  return {
    links: links.map(({ isTied: _isTied, ...link }) => ({ ...link, personIds: [] as string[] })),
    timely: timely.map(({ id, name: teamName }) => ({ id, name: teamName, members: [] })),
    sources: [...dirty, ...tied.map((link) => link.source)],
  };
}

/** Sources of teams by department that the people of the part were in by the last plan. */
async function departmentsBefore(store: Store, tenant: string, personIds: string[]): Promise<string[]> {
  const rows = await store
    .selectDistinct({ department: verdicts.department })
    .from(verdicts)
    .where(and(eq(verdicts.tenant, tenant), isOneOf(verdicts.personId, personIds)));
  return rows.flatMap(({ department }) =>
    department === null ? [] : [`department:${foldText(department)}`],
  );
}

async function departmentsOfOthers(store: Store, tenant: string, personIds: string[]) {
  const rows = await store
    .select({ department: verdicts.department, people: count() })
    .from(verdicts)
    .where(and(eq(verdicts.tenant, tenant), verdicts.inScope, not(isOneOf(verdicts.personId, personIds))))
    .groupBy(verdicts.department);
  return new Map(rows.map(({ department, people }) => [department, people]));
}

/** Present users whom the part leaves out. */
async function countOtherUsers(store: Store, tenant: string, { users }: RelatedSubjects) {
  const rows = await store
    .select({ role: timelyUsers.role, users: count() })
    .from(timelyUsers)
    .where(
      and(
        eq(timelyUsers.tenant, tenant),
        eq(timelyUsers.removed, false),
        not(isOneOfIds(timelyUsers.id, [...users.keys()])),
      ),
    )
    .groupBy(timelyUsers.role);
  const countOf = (some: typeof rows) => some.reduce((sum, row) => sum + row.users, 0);
  return { present: countOf(rows), admins: countOf(rows.filter(({ role }) => sameText(role, adminRole))) };
}

/** Departments as people in scope outside the part spell them, with how many do; those without one are left out. */
export const spellingsOf = (departments: PartialPlanInput['departments']): Map<string, number> =>
  new Map([...departments].flatMap(([name, people]) => (name === null ? [] : [[name, people]])));

/**
 * Completes the part by the teams of `sources`: their people and members into the part itself. Answers what the plan has to
 * know of everybody else, but for the lines of the tenant file.
 */
export async function loadUnplannedContext(
  store: Store,
  tenant: string,
  partial: PartialPlanInput,
  sources: ReadonlySet<string>,
): Promise<Omit<UnplannedContext, 'matchedLines'>> {
  const memberships = await membershipsBelow(store, tenant, partial, sources);
  partial.directory.memberships.push(...memberships);
  await fillTeams(store, tenant, partial, sources);
  const { departments } = partial;
  const people = await settledPeople(store, tenant, partial, sources, memberships);
  return {
    sources,
    people,
    linkedUsers: await linkedUsersOf(store, tenant, partial, people),
    departments: spellingsOf(departments),
    presentLinks: await countOtherLinks(store, tenant, partial),
    addresses: await addressesOf(store, tenant, partial),
  };
}

/** All people in the groups that teams are made from, and in the groups below them, besides those of the part. */
async function membershipsBelow(
  store: Store,
  tenant: string,
  { directory, personIds }: PartialPlanInput,
  sources: ReadonlySet<string>,
): Promise<Membership[]> {
  const groupIds = new Set(
    [...sources].flatMap((source) => (source.startsWith('group:') ? [source.slice('group:'.length)] : [])),
  );
  const edges = directory.memberships.filter(({ memberKind }) => memberKind === 'group');
  // A Set may grow while it is walked.
  for (const groupId of groupIds) {
    for (const edge of edges) if (edge.groupId === groupId) groupIds.add(edge.memberId);
  }
  if (groupIds.size === 0) return [];
  const { groupId, memberId, memberKind } = directoryMemberships;
  return await selectMemberships(
    store,
    tenant,
    and(isOneOf(groupId, [...groupIds]), eq(memberKind, 'user'), not(isOneOf(memberId, personIds))),
  );
}

async function fillTeams(
  store: Store,
  tenant: string,
  partial: PartialPlanInput,
  sources: ReadonlySet<string>,
) {
  const links = await store
    .select({ source: teamLinks.source, personIds: teamLinks.personIds })
    .from(teamLinks)
    .where(and(eq(teamLinks.tenant, tenant), isOneOf(teamLinks.source, [...sources])));
  const personIdsOf = new Map(links.map(({ source, personIds }) => [source, personIds]));
  partial.teamLinks = partial.teamLinks.map((link) => ({
    ...link,
    personIds: personIdsOf.get(link.source) ?? [],
  }));
  // A team that is not bound yet may be adopted by its name, also by a source whose own team is gone.
  const bound = new Map(partial.teamLinks.map(({ timelyId, source }) => [timelyId, source]));
  const there = new Set(partial.timely.teams.map(({ id }) => bound.get(id)));
  const adopts = [...sources].some((source) => !there.has(source));
  const ids = partial.timely.teams
    .map(({ id }) => id)
    .filter((id) => sources.has(bound.get(id) ?? '') || (adopts && !bound.has(id)));
  const teams = await store
    .select({ id: timelyTeams.id, members: timelyTeams.members })
    .from(timelyTeams)
    .where(and(eq(timelyTeams.tenant, tenant), isOneOfIds(timelyTeams.id, ids)));
  const membersOf = new Map(teams.map(({ id, members }) => [id, members]));
  partial.timely.teams = partial.timely.teams.map((team) => ({
    ...team,
    members: membersOf.get(team.id) ?? [],
  }));
}

/** People in scope whom the part leaves out and who belong into one of its teams. */
async function settledPeople(
  store: Store,
  tenant: string,
  { personIds, departments }: PartialPlanInput,
  sources: ReadonlySet<string>,
  memberships: readonly Membership[],
): Promise<TeamCandidate[]> {
  const spellings = [...departments.keys()].filter(
    (name) => name !== null && sources.has(`department:${foldText(name)}`),
  );
  const domains = [...sources].flatMap((source) =>
    source.startsWith('domain:') ? [source.slice('domain:'.length)] : [],
  );
  const { personId, department, domain } = verdicts;
  return await store
    .select({ personId, department, domain })
    .from(verdicts)
    .where(
      and(
        eq(verdicts.tenant, tenant),
        verdicts.inScope,
        not(isOneOf(personId, personIds)),
        or(
          isOneOf(personId, [...new Set(memberships.map(({ memberId }) => memberId))]),
          isOneOf(
            department,
            spellings.flatMap((name) => name ?? []),
          ),
          isOneOf(domain, domains),
        ),
      ),
    );
}

/** Timely users of these people, and of those whom the sync put into the teams of the part. */
async function linkedUsersOf(
  store: Store,
  tenant: string,
  partial: PartialPlanInput,
  people: readonly TeamCandidate[],
): Promise<Map<string, number>> {
  const known = new Set(partial.personIds);
  const put = partial.teamLinks.flatMap(({ personIds }) => personIds.filter((id) => !known.has(id)));
  const wanted = new Set([...people.map(({ personId }) => personId), ...put]);
  const { personId, timelyId } = personLinks;
  const rows = await store
    .select({ personId, timelyId })
    .from(personLinks)
    .where(and(eq(personLinks.tenant, tenant), isOneOf(personId, [...wanted])));
  return new Map(rows.map((row) => [row.personId, row.timelyId]));
}

async function countOtherLinks(store: Store, tenant: string, partial: PartialPlanInput): Promise<number> {
  const present = await store.$count(
    personLinks,
    and(eq(personLinks.tenant, tenant), eq(personLinks.state, 'present')),
  );
  return present - partial.personLinks.filter(({ state }) => state === 'present').length;
}

/** Addresses of members whom the part has not among its users. */
async function addressesOf(store: Store, tenant: string, { timely }: PartialPlanInput) {
  const known = new Set(timely.users.map(({ id }) => id));
  const members = new Set(timely.teams.flatMap((team) => team.members.map(({ userId }) => userId)));
  const { id, email } = timelyUsers;
  const rows = await store
    .select({ id, email })
    .from(timelyUsers)
    .where(
      and(
        eq(timelyUsers.tenant, tenant),
        isOneOfIds(
          id,
          [...members].filter((userId) => !known.has(userId)),
        ),
      ),
    );
  return new Map(rows.map((row) => [row.id, row.email]));
}
