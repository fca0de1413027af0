/** Processes killed or told to stop at a point of the work, and started again as compose would. */
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

/** When somebody is killed, or told to stop: when the simulators have had so many requests of a stage, and a moment later. */
export interface KillPoint {
  victim: Victim;
  how: 'SIGKILL' | 'stop';
  afterRequests: number;
  laterMs: number;
}

export const withinMs = 180_000;

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
    async end(victim: 'postgres' | 'temporal', how: KillPoint['how']): Promise<void> {
      const process = running.get(victim);
      if (how === 'SIGKILL') process?.kill();
      else await process?.stop();
      await process?.ended;
      // For a moment a connection of somebody else may have the port.
      await until(`${victim} to run again`, async () => await start[victim](), withinMs);
    },
    async stop(): Promise<void> {
      for (const process of running.values()) await process.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
export type KillableServers = Awaited<ReturnType<typeof startKillableServers>>;

/** Starts the worker again whenever it ends, as compose does: one that has lost Temporal for too long gives up by itself. */
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

/** Does what the point says while the work goes on; a stage with fewer requests than that is disturbed at its end. */
export async function disturb(
  world: World,
  servers: KillableServers,
  { victim, how, afterRequests, laterMs }: KillPoint,
  work: Promise<void>,
): Promise<void> {
  await Promise.race([work, untilRequest(world, requestsOf(world) + afterRequests)]);
  await sleep(laterMs);
  if (victim !== 'worker') return await servers.end(victim, how);
  await Promise.all([...world.workers].map((worker) => stopProcess(worker, how)));
}

/** At the very moment: a poll would be a millisecond late at best, and another request by then. */
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
