/** Why a person is, or is not, in Timely, and why a team is as it is: from the store alone. */
import { syncRules } from '../../config/rules.ts';
import { nextForPerson } from '../../domain/contract/next-for-person.ts';
import {
  nextForTeam,
  type SubjectCandidate,
  type SubjectsMeant,
  type WhyAnswer,
  type WhyPerson,
  type WhyTeam,
} from '../../domain/contract/why.ts';
import type { Person } from '../../domain/people/directory.ts';
import { emailOf } from '../../domain/people/person.ts';
import { subjectTag } from '../../domain/plan/subject-tags.ts';
import { describeTeamRule } from '../../domain/teams/team-rule.ts';
import { sha256 } from '../../store/journal/journal.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { type FoundPerson, type FoundTeam, findSubjects } from '../../store/query/find-subject.ts';
import {
  findingsAbout,
  pastChanges,
  personLinkOf,
  teamOf,
  timelyUserOf,
  usersById,
  verdictOf,
  waitingChanges,
} from '../../store/query/why.ts';
import { groupOfTeam, loadPeople } from '../../store/replica/replica.ts';
import { teamNamesOf } from '../../store/replica/timely-snapshot.ts';
import { tenantRow } from '../../store/tenants.ts';
import { silenceForReport } from '../approvals/approval-terms.ts';
import { newestTenantFile, type Services } from '../services.ts';

/** Members of a team that are listed. */
const membersMax = 200;

/** @throws ConfigurationError when the tenant has no file */
export async function whyOf(services: Services, tenant: string, text: string, from = 0): Promise<WhyAnswer> {
  const { database } = services;
  const { people, teams, next } = await findSubjects(database, tenant, text, from);
  const [person] = people;
  const [team] = teams;
  if (people.length + teams.length > 1 || from > 0) {
    const candidates = [...people.map(personCandidate), ...teams.map(teamCandidate)];
    return { kind: 'ambiguous', candidates, next };
  }
  if (person) return await whyPerson(services, tenant, person);
  return team ? await whyTeam(services, tenant, team) : null;
}

/** Who or what a text may mean, for a person who chooses. */
export async function subjectsMeant(
  { database }: Services,
  tenant: string,
  text: string,
): Promise<SubjectsMeant> {
  const { people, teams, isWhole } = await findSubjects(database, tenant, text);
  return { isWhole, candidates: [...people.map(personCandidate), ...teams.map(teamCandidate)] };
}

const personCandidate = ({ personId, timelyId, name, email }: FoundPerson): SubjectCandidate => ({
  kind: 'person',
  id: personId ?? String(timelyId),
  name,
  email,
});

const teamCandidate = ({ source, timelyId, name }: FoundTeam): SubjectCandidate => ({
  kind: 'team',
  id: source ?? String(timelyId),
  name,
  email: null,
});

async function whyPerson(
  services: Services,
  tenant: string,
  { personId, timelyId }: FoundPerson,
): Promise<WhyPerson> {
  const { database } = services;
  const asOf = await planOf(database, tenant);
  const cycle = asOf?.cycle ?? 0;
  const [person] = personId === null ? [] : await loadPeople(database, tenant, [personId]);
  const link = personId === null ? null : await personLinkOf(database, tenant, personId);
  const userId = link?.timelyId ?? timelyId;
  const user = userId === null ? null : await timelyUserOf(database, tenant, userId);
  const names = [
    person && emailOf(person),
    person?.name,
    person?.userPrincipalName,
    user?.email,
    link?.email,
  ];
  const named = names.flatMap((name) => (name ? [name] : []));
  const answer: Omit<WhyPerson, 'next'> = {
    kind: 'person',
    tenant,
    tag: tagOf(personId),
    asOf,
    person: person ? personShown(person) : null,
    verdict: personId === null ? null : await verdictOf(database, tenant, personId),
    link: link && linkShown(link),
    timely: user && userShown(user),
    teams: user && !user.removed ? await teamNamesOf(database, tenant, user.id) : [],
    changes: personId === null ? [] : await pastChanges(database, tenant, personId),
    waiting:
      personId === null
        ? []
        : await waitingChanges(database, tenant, cycle, personId, await silenceForReport(services, tenant)),
    findings: await findingsAbout(database, tenant, cycle, named),
  };
  return { ...answer, next: nextForPerson(answer) };
}

const personShown = (person: Person): NonNullable<WhyPerson['person']> => ({
  id: person.id,
  name: person.name,
  email: emailOf(person),
  userPrincipalName: person.userPrincipalName,
  enabled: person.enabled,
  guest: person.kind === 'guest',
});

type LinkRow = NonNullable<Awaited<ReturnType<typeof personLinkOf>>>;

const linkShown = ({ timelyId, state, email, role, outOfScopeSince }: LinkRow): WhyPerson['link'] => ({
  ...{ timelyId, state, email, role },
  outOfScopeSince: outOfScopeSince?.toISOString() ?? null,
});

type UserRow = NonNullable<Awaited<ReturnType<typeof timelyUserOf>>>;

const userShown = ({ id, email, name, role, removed, pending }: UserRow): WhyPerson['timely'] => ({
  ...{ id, email, name, role, removed, pending },
});

async function whyTeam(services: Services, tenant: string, found: FoundTeam): Promise<WhyTeam> {
  const { database } = services;
  const { source, name } = found;
  const asOf = await planOf(database, tenant);
  const cycle = asOf?.cycle ?? 0;
  const { link, team } = await teamOf(database, tenant, found);
  const managed = new Set(link?.personIds ?? []);
  const shown = team?.members.slice(0, membersMax) ?? [];
  const users = await usersById(
    database,
    tenant,
    shown.map(({ userId }) => userId),
  );
  const answer: Omit<WhyTeam, 'next'> = {
    kind: 'team',
    tenant,
    tag: tagOf(source),
    asOf,
    source,
    name,
    timelyId: team?.id ?? null,
    rule: source === null ? null : await ruleOf(services, tenant, source),
    origin: link?.origin ?? null,
    members: shown.map(({ userId, lead }) => {
      const user = users.get(userId);
      return {
        email: user?.email ?? `user ${userId}`,
        lead,
        managed: user?.personId != null && managed.has(user.personId),
      };
    }),
    memberCount: team?.members.length ?? 0,
    changes: source === null ? [] : await pastChanges(database, tenant, source),
    waiting:
      source === null
        ? []
        : await waitingChanges(database, tenant, cycle, source, await silenceForReport(services, tenant)),
    findings: await findingsAbout(database, tenant, cycle, [name]),
  };
  return { ...answer, next: nextForTeam(answer) };
}

async function ruleOf(services: Services, tenant: string, source: string): Promise<string | null> {
  const { teams } = syncRules(await newestTenantFile(services, tenant));
  return describeTeamRule(source, await groupOfTeam(services.database, tenant, source), teams);
}

const tagOf = (subjectKey: string | null): string | null =>
  subjectKey === null ? null : subjectTag(sha256, subjectKey);

/** The standing plan. */
async function planOf(database: Services['database'], tenant: string) {
  const number = (await tenantRow(database, tenant))?.planCycle ?? 0;
  const row = await cycleRow(database, tenant, number);
  return row && { cycle: number, at: row.startedAt.toISOString() };
}
