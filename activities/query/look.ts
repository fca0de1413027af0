/**
 * A look at a directory and a Timely account before there is a tenant file in force. The directory is read whole on a copy of
 * the tenant, as a preview reads it, so that a preview can go on from what was read. Timely is left out where the tenant has
 * no tokens yet.
 */
import { type TenantFile, validateTenantFile } from '../../config/tenant-file.ts';
import type {
  CountedGroup,
  CountedList,
  LookInput,
  LookReport,
  NamedCount,
  TimelyOverview,
  TimelyUnseen,
} from '../../domain/contract/look.ts';
import type { LookQuery } from '../../domain/contract/query.ts';
import { PermissionError, SyncError } from '../../domain/errors.ts';
import { countDirectory, fittingPart } from '../../domain/look/count-directory.ts';
import { proposeScope } from '../../domain/look/scope-proposal.ts';
import { matchKey } from '../../domain/people/address.ts';
import type { Membership, Person } from '../../domain/people/directory.ts';
import { matchKeysOf } from '../../domain/people/person.ts';
import { cycleRow } from '../../store/planning/cycles.ts';
import { dropTenantCopy, sweepTenantCopies, tenantCopyName } from '../../store/preview/tenant-copy.ts';
import { loadDirectory } from '../../store/replica/replica.ts';
import { loadTimely } from '../../store/replica/timely-snapshot.ts';
import type { OpenCycleResult } from '../cycle/open-cycle.ts';
import { createReadDirectoryActivities } from '../read/read-directory.ts';
import { readPlanOf } from '../read/read-plan.ts';
import { createReadTimelyActivities } from '../read/read-timely.ts';
import type { Services, Tenant } from '../services.ts';
import { bothOf, openCycleOnCopy } from './cycle-on-copy.ts';
import { readLookInput } from './query-schema.ts';

/** Of each list; further ones are found by a part of their names. About 10 KB each. */
const shownMax = 60;

export function createLookActivities(services: Services) {
  return {
    /** Leaves what was read under the look's name, for queries and a preview. @throws ConfigurationError, and as reads of the directory do */
    async look(input: LookInput): Promise<LookReport> {
      const { id, file } = readLookInput(input);
      const { database, now } = services;
      const valid = withoutRoles(validateTenantFile(file));
      const { tenant } = valid;
      const copyName = tenantCopyName(tenant, id);
      await sweepTenantCopies(database, now());
      // A first attempt may have ended with its worker.
      await dropTenantCopy(database, copyName);
      try {
        return await lookOn(services, valid, copyName);
      } catch (error) {
        await dropTenantCopy(database, copyName);
        throw error;
      }
    },
  };
}

/** Who holds administrator roles is no part of a look, and may need a permission that is not granted yet. */
function withoutRoles(file: TenantFile): TenantFile {
  const { safety } = file;
  return { ...file, safety: { ...safety, sensitive: { ...safety.sensitive, directoryRoles: false } } };
}

async function lookOn(services: Services, file: TenantFile, copyName: string): Promise<LookReport> {
  const { database, now } = services;
  const { tenant } = file;
  const opened = await orProblem(() => services.timelyOf(file));
  const readPlan = { ...readPlanOf(file), groups: { names: [], patterns: ['*'], assigned: false } };
  const account = 'problem' in opened ? null : opened;
  const copied = { copyName, replicaOf: tenant, readPlan, timely: account };
  const { copy, key } = await openCycleOnCopy(services, file, copied);
  const [, seen] = await bothOf(
    createReadDirectoryActivities(copy).readDirectory(key),
    orProblem(async () => ('problem' in opened ? opened : await readAccount(copy, key, opened))),
  );
  const directory = await loadDirectory(database, copyName);
  const { live, groups, departments, domains } = countDirectory(directory, now().toISOString().slice(0, 10));
  const { directory: source } = await copy.tenant(copyName, 0);
  const timely = 'problem' in seen ? seen : await timelyOverview(copy, copyName, live, seen);
  return {
    tenant,
    evidence: (await cycleRow(database, copyName, key.cycle))?.evidence ?? null,
    directory: {
      people: directory.people.length,
      live: live.length,
      groups: fittingPart(groups, '', shownMax),
      departments: fittingPart(departments, '', shownMax),
      domains: fittingPart(domains, '', shownMax),
      assigned: await countAssigned(source, live, directory.memberships),
    },
    timely,
    proposal: proposeScope(groups, departments.length, 'problem' in timely ? null : timely),
  };
}

type Features = Pick<TimelyOverview, 'hasTeams'>;

/** Reads the account whole. @throws as `readTimely` */
async function readAccount(
  copy: Services,
  key: OpenCycleResult,
  timely: Tenant['timely'],
): Promise<Features> {
  const { features } = await timely.subscription();
  await createReadTimelyActivities(copy).readTimely(key);
  return { hasTeams: features?.includes('teams') ?? null };
}

async function timelyOverview(
  { database }: Services,
  copyName: string,
  live: readonly Person[],
  { hasTeams }: Features,
): Promise<TimelyOverview | TimelyUnseen> {
  const snapshot = await loadTimely(database, copyName);
  if (snapshot === null) return { problem: 'Timely was not read.', remedy: '' };
  const { account, roles, users, teams } = snapshot;
  const present = users.filter(({ removed }) => !removed);
  const ids = new Set(live.map(({ id }) => id));
  const addresses = new Set(live.flatMap(matchKeysOf));
  const known = present.filter(
    ({ externalId, email }) => (externalId !== null && ids.has(externalId)) || addresses.has(matchKey(email)),
  );
  const { name, seats, userCount } = account;
  return {
    account: name,
    seats: seats === null ? null : { paid: seats, used: userCount ?? present.length },
    roles: roles.map((role) => role.name),
    users: present.length,
    known: known.length,
    teams: teams.length,
    hasTeams,
  };
}

/** A group that is assigned counts with its direct members, as the directory has it. */
async function countAssigned(
  directory: Tenant['directory'],
  live: readonly Person[],
  memberships: readonly Membership[],
): Promise<number | null> {
  if (!directory.capabilities.assignments) return null;
  const assigned = await directory.appAssignments().catch((error: unknown) => {
    if (error instanceof PermissionError) return null;
    throw error;
  });
  if (assigned === null) return null;
  const among = new Set(assigned);
  const through = memberships.filter(({ groupId }) => among.has(groupId)).map(({ memberId }) => memberId);
  const people = new Set([...assigned, ...through]);
  return live.filter(({ id }) => people.has(id)).length;
}

/** What Timely refuses is told, because a look serves those who have not signed in to it yet. */
async function orProblem<Result extends object>(ask: () => Promise<Result>): Promise<Result | TimelyUnseen> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SyncError) return { problem: error.message, remedy: error.remedy };
    throw error;
  }
}

/** What a look found whose name has the part. Empty when the look is over. */
export async function runLookList(
  { database, now }: Services,
  { tenant, id, kind, part }: Extract<LookQuery, { about: 'lookList' }>,
): Promise<CountedList<NamedCount | CountedGroup>> {
  const directory = await loadDirectory(database, tenantCopyName(tenant, id));
  return fittingPart(countDirectory(directory, now().toISOString().slice(0, 10))[kind], part, shownMax);
}
