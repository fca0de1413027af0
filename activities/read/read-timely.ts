/** Brings the snapshot of Timely forward: completely in a full cycle or after a failed one, else what changed since the watermark. */
import { durationMs } from '../../config/duration.ts';
import type { OddRecord } from '../../directory/source.ts';
import { NotFoundError, PermissionError } from '../../domain/errors.ts';
import type { ListedUser, TimelyTeam, TimelyUser } from '../../domain/timely.ts';
import type { Database } from '../../store/database.ts';
import { type Fence, whileCurrent } from '../../store/fence.ts';
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
    /** @throws SupersededError, and as `Send` does */
    async readTimely(key: CycleKey): Promise<{ complete: boolean; reasons: string[] }> {
      const tenant = await services.tenant(key.tenant, key.configurationVersion);
      const before = await accountRow(services.database, key.tenant);
      return key.kind === 'full' || before === null || isWholeDue(before, tenant, services.now())
        ? await readWhole(services, tenant, key)
        : await readChanged(services, tenant, key, before);
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

async function readWhole({ database, now }: Services, tenant: Tenant, fence: Fence) {
  const { name, timely } = tenant;
  const [account, roles, ownUser] = await Promise.all([
    timely.account(),
    timely.roles(),
    timely.currentUser(),
  ]);
  const wholeAt = now();
  let watermark = 0;
  await whileCurrent(database, fence, (store) => forgetOddRecords(store, { tenant: name, stream: 'timely' }));
  const verdict = await readAllUsers(timely, async (users) => {
    watermark = newest(watermark, users);
    await storeListed(database, fence, users);
  });
  const { teams, odd } = await readTeams(database, tenant);
  const { complete } = verdict;
  await whileCurrent(database, fence, async (store) => {
    await forgetOddRecords(store, { tenant: name, stream: 'timelyTeams' });
    await noteOddRecords(store, { tenant: name, stream: 'timelyTeams' }, { entries: [], odd });
    await storeTeams(store, name, teams);
    if (complete) await dropUnseenUsers(store, name, fence.cycle);
    await storeAccount(store, name, { account, roles, ownUserId: ownUser.id, watermark, complete, wholeAt });
  });
  return { complete, reasons: verdict.reasons };
}

/** Stores the users whose rows can be read. Of the others stays what is known, and a finding names them. */
async function storeListed(database: Database, fence: Fence, users: ListedUser[]) {
  const fitting = users.filter(({ odd }) => odd === undefined);
  const odd = users.flatMap((user) =>
    user.odd === undefined ? [] : [{ id: String(user.id), problem: user.odd }],
  );
  const ids = odd.map(({ id }) => Number(id));
  const entries = fitting.map(({ id }) => ({ id: String(id) }));
  const { tenant, cycle } = fence;
  await whileCurrent(database, fence, async (store) => {
    await storeUsers(store, tenant, fitting, cycle);
    await keepUsers(store, tenant, ids, cycle);
    await noteOddRecords(store, { tenant, stream: 'timely' }, { entries, odd });
  });
}

/**
 * All listed teams, and linked teams that the list leaves out: it may be stale, or ignore where to start. A team whose
 * members Timely does not show keeps its known members: its name is taken, and a write to it fails at the read before it
 * (apply-team.ts).
 */
async function readTeams(
  database: Database,
  { name, file, timely }: Tenant,
): Promise<{ teams: TimelyTeam[]; odd: OddRecord[] }> {
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
  return { teams, odd };
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
  fence: Fence,
  before: AccountRow,
) {
  const { watermark } = await storeChanged(database, timely, fence, before);
  // Owner and own user decide what is refused, and seats change without any user changing: an older read will not do.
  const [account, ownUser] = await Promise.all([timely.account(), timely.currentUser()]);
  await whileCurrent(database, fence, (store) =>
    storeAccount(store, name, { ...before, account, ownUserId: ownUser.id, watermark }),
  );
  return { complete: before.complete, reasons: [] };
}

/** Reads who has changed since the last read, in the middle of a cycle. @throws SupersededError, and as `Send` does */
export async function readChangedUsers(
  { database }: Services,
  { name, timely }: Tenant,
  fence: Fence,
  before: AccountRow,
): Promise<ListedUser[]> {
  const { users, watermark } = await storeChanged(database, timely, fence, before);
  await whileCurrent(database, fence, (store) => storeAccount(store, name, { ...before, watermark }));
  return users;
}

async function storeChanged(
  database: Database,
  timely: Tenant['timely'],
  fence: Fence,
  before: AccountRow,
): Promise<{ users: ListedUser[]; watermark: number }> {
  const since = before.watermark - overlapSeconds;
  let watermark = before.watermark;
  const changed: ListedUser[] = [];
  for (const windows of [timely.usersChangedSince(since), timely.removedUsersChangedSince(since)]) {
    for await (const users of windows) {
      watermark = newest(watermark, users);
      await storeListed(database, fence, users);
      changed.push(...users);
    }
  }
  return { users: changed, watermark };
}

const newest = (watermark: number, users: TimelyUser[]) =>
  users.reduce((latest, user) => Math.max(latest, user.updatedAt), watermark);
