/**
 * The kill sweep: worker, Temporal server and PostgreSQL killed with SIGKILL, one at a time, after every request of a
 * first cycle and of the cycles that follow. Started by `npm run chaos -- --kills 200`.
 */
import { expect, test } from '@jest/globals';
import { rates } from '../support/rates.ts';
import type { World } from '../support/world.ts';
import { type KillableServers, type KillPoint, kill, startKillableServers, victims } from './kill-points.ts';
import { doWork, type StageEnd, type StageKind, stageKinds } from './staged-work.ts';

const kills = Number(process.env.CHAOS_KILLS ?? 200);
const concurrency = Number(process.env.CHAOS_CONCURRENCY ?? 6);
/** A request is followed by its transaction within milliseconds: kills come before, during and after it. */
const laterMs = [0, 3, 9, 27];
const worlds = Math.ceil(kills / stageKinds.length);
/** Repeats one world alone. */
const only = process.env.CHAOS_WORLD === undefined ? null : Number(process.env.CHAOS_WORLD);

/** Printed at once, because the sweep takes long. */
const print = (line: string) => process.stderr.write(`${line}\n`);

test(
  `${kills} kills end as an undisturbed run does`,
  async () => {
    const servers = await Promise.all(
      Array.from({ length: Math.min(concurrency, worlds) }, startKillableServers),
    );
    const [first] = servers;
    if (!first) throw new Error('CHAOS_CONCURRENCY and CHAOS_KILLS are at least 1.');
    try {
      const undisturbed = await workUndisturbed(first);
      const open = only === null ? Array.from({ length: worlds }, (_, world) => world) : [only];
      const done = { killed: 0, stopped: 0 };
      const differences: unknown[] = [];
      const disturbWorld = async (own: KillableServers, world: number) => {
        const points = pointsOf(world, undisturbed);
        let beganMs = Date.now();
        const disturbances = points.map((point) => ({
          ...point,
          disturb: (world: World) => kill(world, own, point),
        }));
        await doWork(
          own.addresses,
          disturbances,
          world % 2 === 0 ? rates.oneByOne : rates.batched,
          (stage, { requests: _requests, ...end }) => {
            const point = points[stage];
            done[point?.how === 'stop' ? 'stopped' : 'killed'] += 1;
            const seconds = Math.round((Date.now() - beganMs) / 1000);
            beganMs = Date.now();
            print(`${done.killed}: world ${world}, stage ${stage}, ${JSON.stringify(point)}: ${seconds} s`);
            const { requests: _undisturbed, ...expected } = undisturbed[stage] ?? { requests: 0 };
            expect({ stage, point, ...end }).toEqual({ stage, point, ...expected });
          },
        );
      };
      await Promise.all(
        servers.map(async (own) => {
          for (let world = open.shift(); world !== undefined; world = open.shift()) {
            await disturbWorld(own, world).catch((error: unknown) => {
              print(`world ${world}: ${error}`);
              differences.push(error);
            });
          }
        }),
      );
      if (differences.length > 0) throw differences[0];
      console.log(
        `${done.killed} kills and ${done.stopped} restarts, after every request of cycles of ${undisturbed.map(({ requests }) => requests)} requests, and all ended alike.`,
      );
      if (only === null) expect(done.killed).toBeGreaterThanOrEqual(kills);
    } finally {
      await Promise.all(servers.map((own) => own.stop()));
    }
  },
  kills * 180_000,
);

/** Numbers the stages of a kind over all worlds, so that the kills of a kind cover all its requests. */
function pointsOf(world: number, undisturbed: readonly StageEnd[]): KillPoint[] {
  const points = stageKinds.map((kind, stage): KillPoint => {
    const stages = stagesOf(kind);
    const number = world * stages.length + stages.indexOf(stage);
    return pointOf(number, worlds * stages.length, undisturbed[stage]?.requests ?? 0);
  });
  const last = stageKinds.length;
  return [...points, { ...pointOf(world, worlds, undisturbed[last]?.requests ?? 0), how: 'stop' }];
}

function pointOf(number: number, count: number, requests: number): KillPoint {
  return {
    victim: victims[number % victims.length] ?? 'worker',
    how: 'SIGKILL',
    afterRequests: 1 + Math.floor((number * requests) / count),
    laterMs: laterMs[Math.floor(number / victims.length) % laterMs.length] ?? 0,
  };
}

const stagesOf = (kind: StageKind) => stageKinds.flatMap((each, stage) => (each === kind ? [stage] : []));

/** One stage more than there are kinds: in the last one a process is stopped and starts again. */
async function workUndisturbed(servers: KillableServers): Promise<StageEnd[]> {
  const ends: StageEnd[] = [];
  const noKills = Array.from({ length: stageKinds.length + 1 }, () => null);
  await doWork(servers.addresses, noKills, rates.oneByOne, (_stage, end) => ends.push(end));
  return ends;
}
