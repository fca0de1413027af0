/** One fixed piece of work, undisturbed or with a process killed at one point of it; what it comes to has to be the same. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startPostgres } from '../../client/local/postgres.ts';
import { type Launch, type RunningProcess, startProcess } from '../../client/local/processes.ts';
import { startTemporal } from '../../client/local/temporal.ts';
import { nudgeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import { endProcess, startWorld, until, type World } from '../support/world.ts';
import { chaosTenantFile, fillChaos, groupIds } from './company.ts';

export const victims = ['worker', 'temporal', 'postgres'] as const;
export type Victim = (typeof victims)[number];

/** When somebody is killed: after so many requests that the simulators have had, and a moment later. */
export interface KillPoint {
  victim: Victim;
  afterRequests: number;
  laterMs: number;
}

const withinMs = 180_000;

/** PostgreSQL and Temporal of their own, which can be killed and begin again on the same files and ports. */
export async function startKillableServers() {
  const folder = await mkdtemp(join(tmpdir(), 'timely-sync-kill-'));
  const running = new Map<Victim, RunningProcess>();
  const launchAs =
    (victim: Victim): Launch =>
    async (program) => {
      const process = await startProcess(program);
      running.set(victim, process);
      return process;
    };
  const start = {
    postgres: () => startPostgres({ dataFolder: folder, launch: launchAs('postgres') }),
    temporal: () => startTemporal({ dataFolder: folder, launch: launchAs('temporal') }),
  };
  const [postgres, temporal] = await Promise.all([start.postgres(), start.temporal()]);
  return {
    addresses: { postgres: postgres.url, temporal: temporal.address },
    async killAndRestart(victim: 'postgres' | 'temporal'): Promise<void> {
      const process = running.get(victim);
      process?.kill();
      await process?.ended;
      await start[victim]();
    },
    async stop(): Promise<void> {
      for (const process of running.values()) await process.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type KillableServers = Awaited<ReturnType<typeof startKillableServers>>;

/** What the work came to, and how many requests it took. */
export interface Outcome {
  users: unknown[];
  teams: unknown[];
  mails: string[];
  journal: string[];
  requests: number;
}

/** Does the work, kills at the point when one is given, and answers what it came to. */
export async function work(servers: KillableServers, point: KillPoint | null): Promise<Outcome> {
  const world = await startWorld({
    company: fillChaos,
    editFile: (text) => chaosTenantFile(text, 50),
    servers: servers.addresses,
  });
  const supervisor = superviseWorker(world);
  try {
    await supervisor.start();
    const work = twoCycles(world);
    if (point) await Promise.all([kill(world, servers, point, work), work]);
    else await work;
    const requests = requestsOf(world);
    await untilQuiet(world);
    return { ...(await outcomeOf(world)), requests };
  } finally {
    supervisor.end();
    await world.close();
  }
}

/** Starts the worker again whenever it ends, as compose does: one that has lost Temporal for too long gives up by itself. */
function superviseWorker(world: World) {
  let isOver = false;
  async function start(): Promise<void> {
    const worker = await until('a worker', () => world.startWorker(), withinMs);
    worker.once('exit', () => {
      world.workers.delete(worker);
      if (!isOver) void start().catch(() => undefined);
    });
  }
  return {
    start,
    end() {
      isOver = true;
    },
  };
}

const requestsOf = ({ sandbox }: World) => sandbox.microsoft.ledger.last + sandbox.timely.ledger.last;

async function kill(
  world: World,
  servers: KillableServers,
  { victim, afterRequests, laterMs }: KillPoint,
  work: Promise<void>,
): Promise<void> {
  const isDue = async () => requestsOf(world) >= afterRequests || null;
  await Promise.race([work, until(`request ${afterRequests}`, isDue, withinMs)]);
  await sleep(laterMs);
  if (victim !== 'worker') return await servers.killAndRestart(victim);
  await Promise.all([...world.workers].map(endProcess));
}

/** The first cycle, then one with people who join, leave and move. */
async function twoCycles(world: World): Promise<void> {
  await stubbornly(() => world.configure());
  await untilCycle(world, 0);
  const { state } = world.sandbox.microsoft;
  state.join({ displayName: 'Nora Winter', department: 'Design', groups: [groupIds.guild] });
  state.join({ displayName: 'Otto Summer', department: 'Sales', groups: [groupIds.users] });
  state.change('Dan West', { accountEnabled: false });
  state.leave('Jon Wood');
  state.change('Ada North', { department: 'Engineering' });
  state.addToGroup('Cleo East', groupIds.managers);
  state.renameGroup(groupIds.guild, 'Guild of Design');
  await nudgedCycle(world);
}

async function nudgedCycle(world: World): Promise<void> {
  const before = await stubbornly(() => world.status());
  await stubbornly(() =>
    world.client.workflow.getHandle(tenantWorkflowId(world.tenant)).signal(nudgeSignal, {}),
  );
  await untilCycle(world, before.cycle);
}

/** Until a cycle that carried through and wrote nothing. */
async function untilQuiet(world: World): Promise<void> {
  const { ledger } = world.sandbox.timely;
  await until(
    'a cycle that has nothing to do',
    async () => {
      const before = ledger.last;
      await nudgedCycle(world);
      return ((await world.status()).health === 'ok' && ledger.writes(before).length === 0) || null;
    },
    withinMs,
  );
}

const untilCycle = (world: World, after: number) => world.untilCycle(after, withinMs);

/** A server that is being killed answers nothing: then it is asked again. */
const stubbornly = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
  until('an answer of Temporal', async () => ({ answer: await ask() }), withinMs).then(
    ({ answer }) => answer,
  );

async function outcomeOf(world: World): Promise<Omit<Outcome, 'requests'>> {
  const { state } = world.sandbox.timely;
  const email = (id: number) => state.user(id)?.email ?? '';
  const byText = (one: unknown, other: unknown) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
  return {
    users: [...state.present, ...state.removed]
      .map((user) => ({
        email: user.email,
        deleted: user.deleted,
        role: state.role(user.role_id)?.name,
        isTied: user.external_id !== null,
      }))
      .sort(byText),
    teams: state.teams
      .map(({ name, users }) => ({
        name,
        users: users
          .map(({ user_id, lead, hide_hours }) => ({ email: email(user_id), lead, hide_hours }))
          .sort(byText),
      }))
      .sort(byText),
    mails: state.mails.map((mail) => `${mail.kind} ${mail.email}`).sort(),
    journal: await journalOf(world),
  };
}

/** What the journal says was done, without where and when. */
async function journalOf({ databaseUrl, tenant }: World): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ entry: string }>(
      `select distinct kind || ' ' || coalesce(subject->>'email', subject->>'name') as entry
       from journal_entries where tenant = $1 and subject is not null order by 1`,
      [tenant],
    );
    return rows.map(({ entry }) => entry);
  } finally {
    await client.end();
  }
}
