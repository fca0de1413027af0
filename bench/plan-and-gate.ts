/**
 * Plan and gate alone, without servers: 100,000 people against 100,000 Timely users. Each case is measured once, in a
 * process that does nothing else, since that is what a worker does that was just started.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import Table from 'cli-table3';
import { z } from 'zod';
import { projectFolder } from '../client/local/project-folder.ts';
import { syncRules } from '../config/rules.ts';
import { parseTenantFile } from '../config/tenant-file.ts';
import { gate } from '../domain/gate.ts';
import { plan } from '../domain/plan.ts';
import { type PlanSize, planSides } from './plan-company.ts';
import { peakMemory } from './worker-memory.ts';

const figures = z.object({
  changes: z.number(),
  planMs: z.number(),
  gateMs: z.number(),
  /** Of the process with both sides in it, before the plan. */
  beforeMiB: z.number(),
  peakMiB: z.number(),
});
type Figures = z.infer<typeof figures>;

const cases = { later: 'hundreds of changes', first: 'first plan: everybody is to be linked' };

/** Prints seconds and memory of both cases. */
export async function benchPlanAndGate(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      people: { type: 'string', default: '100000' },
      changes: { type: 'string', default: '100' },
      seed: { type: 'string', default: 'contoso' },
      /** Measures one case in this very process, and prints its figures as JSON. */
      case: { type: 'string' },
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
  if (values.case !== undefined) {
    console.log(JSON.stringify(await measure({ ...size, linked: values.case !== 'first' })));
    return;
  }
  const table = new Table({
    head: ['', 'changes', 'plan, s', 'gate, s', 'memory before, MiB', 'peak, MiB'],
    style: { head: [], border: [] },
  });
  for (const [name, title] of Object.entries(cases)) {
    const { changes, planMs, gateMs, beforeMiB, peakMiB } = await inOwnProcess([...args, '--case', name]);
    const seconds = [planMs, gateMs].map((milliseconds) => (milliseconds / 1000).toFixed(2));
    table.push([title, changes, ...seconds, beforeMiB.toFixed(0), peakMiB.toFixed(0)]);
  }
  console.log(
    `${cpus().length} cores, Node ${process.versions.node}; ${people} people, as many Timely users, ${size.groups} groups, ${size.memberships} memberships`,
  );
  console.log(table.toString());
}

async function inOwnProcess(args: string[]): Promise<Figures> {
  const script = join(import.meta.dirname, 'main.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'plan-and-gate', ...args]);
  return figures.parse(JSON.parse(stdout));
}

async function measure(size: PlanSize): Promise<Figures> {
  const { directory, timely, personLinks } = planSides(size);
  const rules = await contosoRules();
  const beforeMiB = process.memoryUsage.rss() / 2 ** 20;
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const now = '2026-11-23T12:00:00.000Z';
  const startedAt = performance.now();
  const made = plan({ rules, now, directory, timely, personLinks, teamLinks: [], digest });
  const plannedAt = performance.now();
  const gated = gate({
    rules,
    plan: made,
    directory,
    timely,
    personLinks,
    firstCycle: !size.linked,
    recentRemovals: 0,
    approved: new Set(),
    asked: new Map(),
  });
  return {
    changes: gated.length,
    planMs: plannedAt - startedAt,
    gateMs: performance.now() - plannedAt,
    beforeMiB,
    peakMiB: await peakMemory(process.pid),
  };
}

async function contosoRules() {
  const file = join(projectFolder(), 'tenants', 'contoso.yaml');
  return syncRules(parseTenantFile(await readFile(file, 'utf8'), file));
}
