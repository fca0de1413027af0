/**
 * The kill sweep: worker, Temporal server and PostgreSQL killed with SIGKILL, one at a time, at points over the whole of
 * two cycles. Started by `npm run chaos -- --kills 200`.
 */
import { expect, test } from '@jest/globals';
import { type KillPoint, startKillableServers, victims, work } from './kill-points.ts';

const points = Number(process.env.CHAOS_KILLS ?? 200);
const lanes = Number(process.env.CHAOS_LANES ?? 3);
/** After a request comes its transaction, in some milliseconds: points lie before, in and behind it. */
const laterMs = [0, 3, 9, 27];

/** At once: the whole takes half an hour. */
const say = (line: string) => process.stderr.write(`${line}\n`);

test(
  `${points} kills leave what an undisturbed run leaves`,
  async () => {
    const servers = await Promise.all(Array.from({ length: lanes }, startKillableServers));
    const [first] = servers;
    if (!first) throw new Error('CHAOS_LANES is at least 1.');
    try {
      const { requests, ...undisturbed } = await work(first, null);
      const open = pointsOver(requests);
      let done = 0;
      await Promise.all(
        servers.map(async (own) => {
          for (let point = open.shift(); point; point = open.shift()) {
            const beganMs = Date.now();
            const { requests: _requests, ...outcome } = await work(own, point);
            done += 1;
            say(`${done}/${points} ${JSON.stringify(point)}: ${Math.round((Date.now() - beganMs) / 1000)} s`);
            expect({ point, ...outcome }).toEqual({ point, ...undisturbed });
          }
        }),
      );
      console.log(`${done} kills over ${requests} requests, and never another end.`);
    } finally {
      await Promise.all(servers.map((own) => own.stop()));
    }
  },
  points * 180_000,
);

/** Spread evenly over the requests, the victims in turn. */
function pointsOver(requests: number): KillPoint[] {
  return Array.from({ length: points }, (_, index) => ({
    victim: victims[index % victims.length] ?? 'worker',
    afterRequests: 1 + Math.floor((index * requests) / points),
    laterMs: laterMs[Math.floor(index / victims.length) % laterMs.length] ?? 0,
  }));
}
