/** Brings the snapshot of Timely forward: completely in a full cycle or after a failed one, else what changed since the watermark. */
import { durationMs } from '../../config/duration.ts';
import { NotFoundError, PermissionError } from '../../domain/errors.ts';
import type { ListedUser, TimelyTeam, TimelyUser } from '../../domain/timely.ts';
import type { Database } from '../../store/database.ts';
import { loadTeamLinks } from '../../store/planning/team-links.ts';
import { forgetOddRecords, keepUsers, noteOddRecords } from '../../store/replica/odd-records.ts';
import {
  accountRow,
  dropUnseenUsers,
  storeAccount,
  storedTeams,
  storeTeams,
  storeUsers,
} from '../../store/replica/timely-snapshot.ts';
import { readAllUsers } from '../../timely/read.ts';
import type { CycleKey } from '../cycle/open-cycle.ts';
import type { Services, Tenant } from '../services.ts';

/** How far before the watermark an incremental read starts: `updated_at` has seconds, and clocks differ. */
const overlapSeconds = 60;

export function createReadTimelyActivities(services: Services) {
  return {
    async readTimely(key: CycleKey): Promise<{ complete: boolean; reasons: string[] }> {
      const tenant = await services.tenant(key.tenant, key.configurationVersion);
      const before = await accountRow(services.database, key.tenant);
      return key.kind === 'full' || before === null || isWholeDue(before, tenant, services.now())
        ? await readWhole(services, tenant, key.cycle)
        : await readChanged(services, tenant, key.cycle, before);
    },
  };
}

type AccountRow = NonNullable<Awaited<ReturnType<typeof accountRow>>>;

/**
 * An incomplete read holds every removal, so it is repeated before the next full cycle. So is one that is much too old: the
 * full cycle after it has read only the directory.
 */
function isWholeDue({ complete, wholeAt }: AccountRow, { file }: Tenant, now: Date): boolean {
  const ageMaxMs = durationMs(file.schedule.fullEvery) * 1.1;
  return !complete || wholeAt === null || now.getTime() - wholeAt.getTime() > ageMaxMs;
}

async function readWhole({ database, now }: Services, tenant: Tenant, cycle: number) {
  const { name, timely } = tenant;
  const [account, roles, ownUser] = await Promise.all([
    timely.account(),
    timely.roles(),
    timely.currentUser(),
  ]);
  const wholeAt = now();
  let watermark = 0;
  await forgetOddRecords(database, { tenant: name, stream: 'timely' });
  const verdict = await readAllUsers(timely, async (users) => {
    watermark = newest(watermark, users);
    await storeListed(database, name, users, cycle);
  });
  await forgetOddRecords(database, { tenant: name, stream: 'timelyTeams' });
  const teams = await readTeams(database, tenant);
  await storeTeams(database, name, teams);
  if (verdict.complete) await dropUnseenUsers(database, name, cycle);
  const { complete } = verdict;
  await storeAccount(database, name, { account, roles, ownUserId: ownUser.id, watermark, complete, wholeAt });
  return { complete, reasons: verdict.reasons };
}

/** Stores the users whose rows can be read. Of the others stays what is known, and a finding names them. */
async function storeListed(database: Database, tenant: string, users: ListedUser[], cycle: number) {
  const fitting = users.filter(({ odd }) => odd === undefined);
  const odd = users.flatMap((user) =>
    user.odd === undefined ? [] : [{ id: String(user.id), problem: user.odd }],
  );
  await storeUsers(database, tenant, fitting, cycle);
  const ids = odd.map(({ id }) => Number(id));
  await keepUsers(database, tenant, ids, cycle);
  const entries = fitting.map(({ id }) => ({ id: String(id) }));
  await noteOddRecords(database, { tenant, stream: 'timely' }, { entries, odd });
}

/**
 * All listed teams, and linked teams that the list leaves out: it may be stale, or ignore where to start. A team whose
 * members Timely does not show keeps its known members: its name is taken, and a write to it fails at the read before it
 * (apply-team.ts).
 */
async function readTeams(database: Database, { name, file, timely }: Tenant): Promise<TimelyTeam[]> {
  const links = await loadTeamLinks(database, name);
  const known = new Map((await storedTeams(database, name)).map((team) => [team.id, team]));
  const isTeamless = file.teams.length === 0 && links.length === 0;
  const listed = await timely.teams().catch((error: unknown) => {
    if (isTeamless) return nothingWhenUnavailable(error);
    throw error;
  });
  const odd = listed.flatMap((team) =>
    team.odd === undefined ? [] : [{ id: String(team.id), problem: team.odd }],
  );
  await noteOddRecords(database, { tenant: name, stream: 'timelyTeams' }, { entries: [], odd });
  const teams = listed.flatMap(({ members, odd: problem, ...team }): TimelyTeam[] => {
    const before = known.get(team.id);
    if (problem === undefined) return [{ ...team, members: members ?? before?.members ?? [] }];
    return before ? [before] : [];
  });
  const ids = new Set(teams.map(({ id }) => id));
  for (const { timelyId } of links) {
    const team = ids.has(timelyId) ? null : await timely.team(timelyId);
    if (team) teams.push(team);
  }
  return teams;
}

/**
 * Timely responds with 403 when the subscription has no teams or the user no right to them
 * (docs/reference/timely-api.md section 3). That is no problem for a tenant without teams.
 */
function nothingWhenUnavailable(error: unknown): never[] {
  if (error instanceof PermissionError || error instanceof NotFoundError) return [];
  throw error;
}

async function readChanged(
  { database }: Services,
  { name, timely }: Tenant,
  cycle: number,
  before: AccountRow,
) {
  const since = before.watermark - overlapSeconds;
  let watermark = before.watermark;
  for (const windows of [timely.usersChangedSince(since), timely.removedUsersChangedSince(since)]) {
    for await (const users of windows) {
      watermark = newest(watermark, users);
      await storeListed(database, name, users, cycle);
    }
  }
  // Owner and own user decide what is refused, and seats change without any user changing: an older read will not do.
  const [account, ownUser] = await Promise.all([timely.account(), timely.currentUser()]);
  await storeAccount(database, name, { ...before, account, ownUserId: ownUser.id, watermark });
  return { complete: before.complete, reasons: [] };
}

const newest = (watermark: number, users: TimelyUser[]) =>
  users.reduce((latest, user) => Math.max(latest, user.updatedAt), watermark);
