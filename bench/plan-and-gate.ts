/**
 * Plan and gate alone, without servers: 100,000 people against 100,000 Timely users. Each case is measured once, in a
 * process that does nothing else, since that is what a worker does that was just started.
 */
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import Table from 'cli-table3';
import { z } from 'zod';
import type { PlanSize } from './plan-company.ts';

const figures = z.object({
  changes: z.number(),
  planMs: z.number(),
  gateMs: z.number(),
  /** Of the process with both sides in it, before the plan. */
  beforeMiB: z.number(),
  peakMiB: z.number(),
});
type Figures = z.infer<typeof figures>;

const cases = [
  { title: 'hundreds of changes', linked: true },
  { title: 'first plan: everybody is to be linked', linked: false },
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
  for (const { title, linked } of cases) {
    const { changes, planMs, gateMs, beforeMiB, peakMiB } = await inOwnProcess({ ...size, linked });
    const seconds = [planMs, gateMs].map((milliseconds) => (milliseconds / 1000).toFixed(2));
    table.push([title, changes, ...seconds, beforeMiB.toFixed(0), peakMiB.toFixed(0)]);
  }
  console.log(
    `${cpus().length} cores, Node ${process.versions.node}; ${people} people, as many Timely users, ${size.groups} groups, ${size.memberships} memberships`,
  );
  console.log(table.toString());
}

async function inOwnProcess(size: PlanSize): Promise<Figures> {
  const script = join(import.meta.dirname, 'plan-and-gate-process.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(size)]);
  return figures.parse(JSON.parse(stdout));
}
