/** Kills or stops processes at a point of the work, and starts them again as Docker Compose would. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../client/local/postgres.ts';
import { type Launch, type RunningProcess, startProcess } from '../../client/local/processes.ts';
import { startTemporal } from '../../client/local/temporal.ts';
import { stopProcess } from '../support/program.ts';
import { until, type World } from '../support/world.ts';

export const victims = ['worker', 'temporal', 'postgres'] as const;
export type Victim = (typeof victims)[number];

/** A moment of a stage: `laterMs` after the simulators have got a number of its requests. */
export interface Moment {
  afterRequests: number;
  laterMs: number;
}

/** When to kill or stop a process. */
export interface KillPoint extends Moment {
  victim: Victim;
  how: 'SIGKILL' | 'stop';
}

export const withinMs = 180_000;

/** Starts a PostgreSQL and a Temporal that can be killed, and that start again on the same files and ports. */
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
    async end(victim: 'postgres' | 'temporal', how: KillPoint['how']): Promise<void> {
      const process = running.get(victim);
      if (how === 'SIGKILL') process?.kill();
      else await process?.stop();
      await process?.ended;
      // Another connection may hold the port for a moment.
      await until(`${victim} to run again`, async () => await start[victim](), withinMs);
    },
    async stop(): Promise<void> {
      for (const process of running.values()) await process.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
export type KillableServers = Awaited<ReturnType<typeof startKillableServers>>;

/** Starts the worker again whenever it ends, as Docker Compose does: a worker that loses Temporal for too long gives up. */
export function superviseWorker(world: World) {
  let isOver = false;
  async function start(): Promise<void> {
    const worker = await until('a worker', async () => (isOver ? null : world.startWorker()), withinMs);
    void worker.ended.then(() => {
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

export const requestsOf = ({ sandbox }: World) => sandbox.microsoft.ledger.last + sandbox.timely.ledger.last;

/** Waits for a moment of the work. A stage with fewer requests has it at its end. */
export async function untilMoment(
  world: World,
  { afterRequests, laterMs }: Moment,
  work: Promise<void>,
): Promise<void> {
  await Promise.race([work, untilRequest(world, requestsOf(world) + afterRequests)]);
  await sleep(laterMs);
}

/** Kills or stops the victim. */
export async function kill(
  world: World,
  servers: KillableServers,
  { victim, how }: KillPoint,
): Promise<void> {
  if (victim !== 'worker') return await servers.end(victim, how);
  await Promise.all([...world.workers].map((worker) => stopProcess(worker, how)));
}

/** Follows the ledgers: a poll would be late by a millisecond and by another request. */
function untilRequest(world: World, number: number): Promise<void> {
  const ledgers = [world.sandbox.microsoft.ledger, world.sandbox.timely.ledger];
  return new Promise((resolve) => {
    const follow = () => {
      if (requestsOf(world) < number) return;
      for (const { followers } of ledgers) followers.delete(follow);
      resolve();
    };
    for (const { followers } of ledgers) followers.add(follow);
  });
}
