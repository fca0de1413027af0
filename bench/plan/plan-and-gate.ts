/**
 * Plan and gate alone, without servers: 100,000 people against 100,000 Timely users. Each case is measured once in a new
 * process, like the first plan of a worker that has just started.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import Table from 'cli-table3';
import { z } from 'zod';
import { startPostgres } from '../../client/local/postgres.ts';
import { judge, machine } from '../support/figures.ts';
import { inFolder } from '../support/stack.ts';
import type { PlanSize } from './plan-company.ts';

const figures = z.object({
  changes: z.number(),
  planMs: z.number(),
  gateMs: z.number(),
  /** Memory of the process with both sides loaded, before the plan. */
  beforeMiB: z.number(),
  peakMiB: z.number(),
});
const storeFigures = z.object({
  wholeMs: z.array(z.number()),
  partialMs: z.array(z.number()),
  peakMiB: z.number(),
});
type Figures = z.infer<typeof figures>;

const secondsMax = 5;
const peakMiBMax = 400;
const cases = [
  { title: 'hundreds of changes', linked: true },
  { title: 'first plan: links all people', linked: false },
];

/** Prints seconds and memory of both cases. */
export async function benchPlanAndGate(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      people: { type: 'string', default: '100000' },
      changes: { type: 'string', default: '100' },
      seed: { type: 'string', default: 'contoso' },
    },
  });
  const people = Number(values.people);
  const size = {
    people,
    groups: people / 20,
    memberships: people * 3,
    changes: Number(values.changes),
    seed: values.seed,
  };
  const table = new Table({
    head: ['', 'changes', 'plan, s', 'gate, s', 'memory before, MiB', 'peak, MiB'],
    style: { head: [], border: [] },
  });
  const measured: { title: string; seconds: number; peakMiB: number }[] = [];
  for (const { title, linked } of cases) {
    const { changes, planMs, gateMs, beforeMiB, peakMiB } = await inOwnProcess({ ...size, linked });
    const seconds = [planMs, gateMs].map((milliseconds) => (milliseconds / 1000).toFixed(2));
    table.push([title, changes, ...seconds, beforeMiB.toFixed(0), peakMiB.toFixed(0)]);
    measured.push({ title, seconds: (planMs + gateMs) / 1000, peakMiB });
  }
  console.log(
    `${machine}; ${people} people, as many Timely users, ${size.groups} groups, ${size.memberships} memberships`,
  );
  console.log(table.toString());
  for (const { title, seconds, peakMiB } of measured) {
    judge({ name: title, value: seconds, unit: ' s', atMost: secondsMax });
    judge({ name: title, value: peakMiB, unit: ' MiB', atMost: peakMiBMax });
  }
  // Few enough to trip no limit of the tenant file.
  await planInStore({ ...size, changes: 1, linked: true, leavers: 10 });
}

/** Prints the cost of a plan of the same people in PostgreSQL, with loading and storing. */
async function planInStore(size: PlanSize & { leavers: number }): Promise<void> {
  await inFolder(async (folder) => {
    const postgres = await startPostgres({ dataFolder: folder });
    try {
      const script = join(import.meta.dirname, 'plan-in-store-process.js');
      const env = { ...process.env, DATABASE_URL: postgres.url };
      const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(size)], { env });
      const { wholeMs, partialMs, peakMiB } = storeFigures.parse(JSON.parse(stdout));
      const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
      const sorted = partialMs.toSorted((a, b) => a - b);
      console.log(
        `with PostgreSQL: first plan ${seconds(wholeMs[0] ?? 0)} s, whole plan again ${seconds(wholeMs[1] ?? 0)} s, ` +
          `after one leaver (of ${partialMs.length}) median ${seconds(sorted[Math.floor(sorted.length / 2)] ?? 0)} s, ` +
          `longest ${seconds(sorted.at(-1) ?? 0)} s; peak with filling the store ${peakMiB.toFixed(0)} MiB`,
      );
    } finally {
      await postgres.stop();
    }
  });
}

async function inOwnProcess(size: PlanSize): Promise<Figures> {
  const script = join(import.meta.dirname, 'plan-and-gate-process.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(size)]);
  return figures.parse(JSON.parse(stdout));
}
