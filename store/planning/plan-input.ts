/** Loads what a plan is made from: the whole tenant, or the part around the subjects that have changed. */
import { and, count, eq, type SQL, sql } from 'drizzle-orm';
import type { GroupsRead } from '../../domain/people/directory.ts';
import { adminRole } from '../../domain/people/roles.ts';
import { sourcesOfPartialPlan } from '../../domain/plan/partial-plan.ts';
import type { PlanInput } from '../../domain/plan/plan.ts';
import { foldText, sameText } from '../../domain/text.ts';
import { isOneOf, isOneOfIds, type Store } from '../database.ts';
import { lastDirtyId, loadDirtySubjects } from '../replica/dirty-subjects.ts';
import { membershipsOfPeople } from '../replica/memberships.ts';
import { loadDirectory, loadExtras, loadGroups } from '../replica/replica.ts';
import { accountRow, loadTimely } from '../replica/timely-snapshot.ts';
import type { PlanBaseline } from '../schema/json-values.ts';
import { teamLinks } from '../schema/link-tables.ts';
import { verdicts } from '../schema/planning-tables.ts';
import { timelyTeams, timelyUsers } from '../schema/timely-tables.ts';
import { loadPersonLinks } from './links.ts';
import { findRelatedSubjects, type RelatedSubjects } from './related-subjects.ts';
import { loadTeamLinks } from './team-links.ts';
import { completePartialPlan } from './unplanned-context.ts';

/** What the plan needs besides the store. */
export interface PlanFacts extends Pick<PlanInput, 'rules' | 'now' | 'digest'> {
  /** Whether the last read of the directory may lead to removals. */
  complete: boolean;
  groupsRead: GroupsRead;
}

export interface LoadedPlanInput {
  input: PlanInput;
  /** The plan knows of what changed up to this id. */
  lastDirtyId: number;
  /** One person for each line under `scope` that somebody fitted by the last plan; empty for a whole plan. */
  matchExamples: Record<string, string>;
  /** Given when `input` is a part: its people, deleted ones too, and how many people in scope it leaves out. */
  partial: { personIds: string[]; othersInScope: number } | null;
}

/**
 * Loads the part that has changed since the plan of `baseline`, or the whole tenant: without a baseline, or where the part
 * is too large or Timely was not read whole.
 * @throws Error when Timely was never read
 */
export async function loadPlanInput(
  store: Store,
  tenant: string,
  facts: PlanFacts,
  baseline: PlanBaseline | null,
): Promise<LoadedPlanInput> {
  const partial = baseline && facts.complete ? await loadPartial(store, tenant, facts, baseline) : null;
  return partial ?? (await loadWhole(store, tenant, facts));
}

async function loadWhole(
  store: Store,
  tenant: string,
  { rules, now, digest, complete, groupsRead }: PlanFacts,
): Promise<LoadedPlanInput> {
  const lastId = await lastDirtyId(store, tenant);
  const timely = await loadTimely(store, tenant);
  if (!timely) throw new Error(`Timely has not been read for tenant ${tenant} before its plan.`);
  const input: PlanInput = {
    rules,
    now,
    digest,
    directory: { ...(await loadDirectory(store, tenant)), complete, groupsRead },
    timely,
    personLinks: await loadPersonLinks(store, tenant),
    teamLinks: await loadTeamLinks(store, tenant),
  };
  return { input, partial: null, lastDirtyId: lastId, matchExamples: {} };
}

/** Null when what has changed is no part. */
async function loadPartial(
  store: Store,
  tenant: string,
  { rules, now, digest, complete, groupsRead }: PlanFacts,
  { matchExamples }: PlanBaseline,
): Promise<LoadedPlanInput | null> {
  const dirty = await loadDirtySubjects(store, tenant);
  const account = await accountRow(store, tenant);
  if (!dirty || !account?.complete) return null;
  const related = await findRelatedSubjects(store, tenant, dirty, account.roles);
  if (!related) return null;
  const personIds = [...related.personIds];
  // At once: in a tenant of 100,000 people each of them takes PostgreSQL some 50 ms.
  const [teams, groups, memberships, extras, others, before, otherUsers] = await Promise.all([
    loadTeams(store, tenant, related),
    loadGroups(store, tenant),
    membershipsOfPeople(store, tenant, personIds),
    loadExtras(store, tenant),
    departmentsOfOthers(store, tenant, personIds),
    departmentsBefore(store, tenant, personIds),
    countOtherUsers(store, tenant, related),
  ]);
  const people = [...related.people.values()];
  const directory = { people, groups, memberships, ...extras, complete, groupsRead };
  const departments = new Map(
    [...others].flatMap(([name, people]) => (name === null ? [] : [[name, people]])),
  );
  const matchedLines = new Set(
    Object.keys(matchExamples).filter((label) => !related.personIds.has(matchExamples[label] ?? '')),
  );
  const sources = sourcesOfPartialPlan({
    rules,
    now,
    directory,
    teamLinks: teams.links,
    timelyTeams: teams.timely,
    sources: [...dirty.sources, ...teams.sources, ...before],
    unplanned: { ...nobody, departments, matchedLines },
  });
  const subjects = { related, personIds, sources, departments, directory };
  const partial = { ...subjects, teams: teams.timely, teamLinks: teams.links };
  const { unplanned, ...completed } = await completePartialPlan(store, tenant, partial);
  const { account: timelyAccount, ownUserId, roles, complete: isWhole } = account;
  const users = [...related.users.values()];
  const known = { account: timelyAccount, ownUserId, roles, complete: isWhole, users, others: otherUsers };
  return {
    input: {
      rules,
      now,
      digest,
      directory: completed.directory,
      timely: { ...known, teams: completed.teams },
      personLinks: [...related.links.values()],
      teamLinks: completed.teamLinks,
      unplanned: { ...unplanned, matchedLines },
    },
    partial: { personIds, othersInScope: [...others.values()].reduce((sum, people) => sum + people, 0) },
    lastDirtyId: dirty.lastId,
    matchExamples,
  };
}

/** The context before it is known which teams the part has to plan. */
const nobody = {
  sources: new Set<string>(),
  people: [],
  linkedUsers: new Map(),
  addresses: new Map(),
  presentLinks: 0,
};

/** All teams by name, without their people, and the sources of those that people of the part are in. */
async function loadTeams(store: Store, tenant: string, { personIds, users }: RelatedSubjects) {
  const people = sql`${sql.param([...personIds])}::text[]`;
  const userIds = sql`${sql.param([...users.keys()])}::bigint[]`;
  const { source, timelyId, origin, name, pattern } = teamLinks;
  const isTied = sql<boolean>`${teamLinks.personIds} ?| ${people}`;
  const readLinks = store
    .select({ source, timelyId, origin, name, pattern, isTied })
    .from(teamLinks)
    .where(eq(teamLinks.tenant, tenant));
  const hasUser = sql<boolean>`exists (select from jsonb_array_elements(${timelyTeams.members}) as member
    where (member ->> 'userId')::bigint = any(${userIds}))`;
  const readTeams = store
    .select({ id: timelyTeams.id, name: timelyTeams.name, externalId: timelyTeams.externalId, hasUser })
    .from(timelyTeams)
    .where(eq(timelyTeams.tenant, tenant));
  const [links, timely] = await Promise.all([readLinks, readTeams]);
  const tiedTeams = new Set(timely.filter((team) => team.hasUser).map(({ id }) => id));
  const tied = links.filter((link) => link.isTied || tiedTeams.has(link.timelyId));
  return {
    links: links.map(({ isTied: _isTied, ...link }) => ({ ...link, personIds: [] })),
    timely: timely.map(({ hasUser: _hasUser, ...team }) => ({ ...team, members: [] })),
    sources: tied.map((link) => link.source),
  };
}

/** Sources of the teams by department that the people of the part were in by the last plan. */
async function departmentsBefore(store: Store, tenant: string, personIds: string[]): Promise<string[]> {
  const rows = await store
    .selectDistinct({ department: verdicts.department })
    .from(verdicts)
    .where(and(eq(verdicts.tenant, tenant), isOneOf(verdicts.personId, personIds)));
  return rows.flatMap(({ department }) =>
    department === null ? [] : [`department:${foldText(department)}`],
  );
}

/** How many people in scope the part leaves out, by the spelling of their department. */
async function departmentsOfOthers(store: Store, tenant: string, personIds: string[]) {
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

/** Present users whom the part leaves out. */
async function countOtherUsers(store: Store, tenant: string, { users }: RelatedSubjects) {
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
