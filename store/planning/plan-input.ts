/** Loads what a plan is made from: the whole tenant, or the part around the subjects that have changed. */
import { and, eq, sql } from 'drizzle-orm';
import type { DirectorySnapshot, GroupsRead } from '../../domain/people/directory.ts';
import type { TeamSource } from '../../domain/plan/change.ts';
import { sourcesOfPartialPlan } from '../../domain/plan/partial-plan.ts';
import type { PlanInput } from '../../domain/plan/plan.ts';
import { foldText } from '../../domain/text.ts';
import { isOneOf, type Store } from '../database.ts';
import { type DirtySubjects, lastDirtyId, loadDirtySubjects } from '../replica/dirty-subjects.ts';
import { membershipsOfPeople } from '../replica/memberships.ts';
import { loadDirectory, loadExtras, loadGroups } from '../replica/replica.ts';
import { accountRow, loadTimely } from '../replica/timely-snapshot.ts';
import type { PlanBaseline } from '../schema/json-values.ts';
import { teamLinks } from '../schema/link-tables.ts';
import { verdicts } from '../schema/planning-tables.ts';
import { timelyTeams } from '../schema/timely-tables.ts';
import { loadPersonLinks } from './links.ts';
import { findRelatedSubjects, type RelatedSubjects } from './related-subjects.ts';
import { loadTeamLinks } from './team-links.ts';
import { completePartialPlan, countOtherUsers, departmentsOfOthers } from './unplanned-context.ts';

/** What the plan needs besides the store. */
export interface PlanFacts extends Pick<PlanInput, 'rules' | 'now' | 'digest'> {
  /** Whether the last read of the directory may lead to removals. */
  complete: boolean;
  groupsRead: GroupsRead;
  /** Teams that together have at least this many people may be left to a later plan; null: no team may. */
  teamsWaitFrom: number | null;
}

export interface LoadedPlanInput {
  input: PlanInput;
  /** The plan knows of what changed up to this id. */
  lastDirtyId: number;
  /** One person for each line under `scope` that somebody fitted by the last plan; empty for a whole plan. */
  matchExamples: Record<string, string>;
  /** Given when `input` is a part: its people, deleted ones too, and how many people in scope it leaves out. */
  partial: { personIds: string[]; othersInScope: number } | null;
  /** Given when `input` leaves out teams that take long to load, and nothing else asks for: a removal may go before them. */
  teamsLater: TeamsLater | null;
}

export interface TeamsLater {
  sources: TeamSource[];
  /** Loads the part with these teams. */
  load(): Promise<LoadedPlanInput>;
}

/** Loads the whole tenant. @throws Error when Timely was never read */
export async function loadWholePlanInput(
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
  return { input, partial: null, teamsLater: null, lastDirtyId: lastId, matchExamples: {} };
}

/** A stream of leavers does not keep teams waiting for longer. */
const teamsWaitMaxMs = 60_000;

/**
 * Loads the part that has changed since the plan of `baseline`. Null when the whole tenant is to be planned: without a complete
 * read, or where the part is too large or Timely was not read whole.
 */
export async function loadPartialPlanInput(
  store: Store,
  tenant: string,
  facts: PlanFacts,
  { matchExamples, teamsLater }: PlanBaseline,
): Promise<LoadedPlanInput | null> {
  const { rules, now, groupsRead } = facts;
  if (!facts.complete) return null;
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
  const directory = { people, groups, memberships, ...extras, complete: facts.complete, groupsRead };
  const departments = new Map(
    [...others].flatMap(([name, people]) => (name === null ? [] : [[name, people]])),
  );
  const matchedLines = new Set(
    Object.keys(matchExamples).filter((label) => !related.personIds.has(matchExamples[label] ?? '')),
  );
  const waiting = teamsLater?.sources ?? [];
  const sources = sourcesOfPartialPlan({
    rules,
    now,
    directory,
    teamLinks: teams.links,
    timelyTeams: teams.timely,
    sources: [...dirty.sources, ...waiting, ...teams.sources, ...before],
    unplanned: { ...nobody, departments, matchedLines },
  });
  const part = {
    ...{ facts, dirty, account, related, personIds, departments, matchedLines, matchExamples },
    ...{
      directory,
      teams,
      otherUsers,
      othersInScope: [...others.values()].reduce((sum, each) => sum + each, 0),
    },
  };
  const withTeams = (planned: ReadonlySet<TeamSource>) => complete(store, tenant, part, planned);
  // To leave out teams with a hold or a finding would end their requests and findings.
  const mayWait =
    facts.teamsWaitFrom !== null &&
    teams.peopleIn(sources) >= facts.teamsWaitFrom &&
    dirty.reportedSources.length === 0 &&
    Date.parse(now) < latestFor(teamsLater);
  if (!mayWait) return await withTeams(sources);
  return {
    ...(await withTeams(new Set())),
    teamsLater: { sources: [...sources], load: () => withTeams(sources) },
  };
}

/** The part, with what it needs of everybody else. */
interface Part extends Pick<LoadedPlanInput, 'matchExamples'> {
  facts: PlanFacts;
  dirty: DirtySubjects;
  account: AccountRow;
  related: RelatedSubjects;
  personIds: string[];
  departments: ReadonlyMap<string, number>;
  matchedLines: ReadonlySet<string>;
  directory: DirectorySnapshot;
  teams: Awaited<ReturnType<typeof loadTeams>>;
  otherUsers: Awaited<ReturnType<typeof countOtherUsers>>;
  othersInScope: number;
}

type AccountRow = NonNullable<Awaited<ReturnType<typeof accountRow>>>;

/** Loads what is still missing to plan the part with the teams of some sources. */
async function complete(
  store: Store,
  tenant: string,
  part: Part,
  sources: ReadonlySet<TeamSource>,
): Promise<LoadedPlanInput> {
  const { related, personIds, departments, directory, teams, matchedLines, matchExamples } = part;
  const subjects = { related, personIds, sources, departments, directory };
  const partial = { ...subjects, teams: teams.timely, teamLinks: teams.links };
  const { unplanned, ...completed } = await completePartialPlan(store, tenant, partial);
  const { rules, now, digest } = part.facts;
  const { account, ownUserId, roles, complete: isWhole } = part.account;
  const users = [...related.users.values()];
  return {
    input: {
      rules,
      now,
      digest,
      directory: completed.directory,
      timely: {
        ...{ account, ownUserId, roles, complete: isWhole, users, others: part.otherUsers },
        teams: completed.teams,
      },
      personLinks: [...related.links.values()],
      teamLinks: completed.teamLinks,
      unplanned: { ...unplanned, matchedLines },
    },
    partial: { personIds, othersInScope: part.othersInScope },
    teamsLater: null,
    lastDirtyId: part.dirty.lastId,
    matchExamples,
  };
}

/** Until when teams may wait, in milliseconds since 1970. */
const latestFor = (teamsLater: PlanBaseline['teamsLater']) =>
  teamsLater ? Date.parse(teamsLater.since) + teamsWaitMaxMs : Number.POSITIVE_INFINITY;

/** The context before it is known which teams the part has to plan. */
const nobody = {
  sources: new Set<string>(),
  people: [],
  linkedUsers: new Map(),
  addresses: new Map(),
  presentLinks: 0,
};

/** All teams by name, without their people; the sources of those that people of the part are in; how many people teams have. */
async function loadTeams(store: Store, tenant: string, { personIds, users }: RelatedSubjects) {
  const people = sql`${sql.param([...personIds])}::text[]`;
  const userIds = sql`${sql.param([...users.keys()])}::bigint[]`;
  const { source, timelyId, origin, name, pattern } = teamLinks;
  const isTied = sql<boolean>`${teamLinks.personIds} ?| ${people}`;
  const size = sql<number>`jsonb_array_length(${teamLinks.personIds})`;
  const readLinks = store
    .select({ source, timelyId, origin, name, pattern, isTied, size })
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
    links: links.map(({ isTied: _isTied, size: _size, ...link }) => ({ ...link, personIds: [] })),
    timely: timely.map(({ hasUser: _hasUser, ...team }) => ({ ...team, members: [] })),
    sources: tied.map((link) => link.source),
    peopleIn: (sources: ReadonlySet<TeamSource>) =>
      links.reduce((sum, link) => sum + (sources.has(link.source) ? link.size : 0), 0),
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
