/**
 * The activity `makePlan` over a store, in a process of its own: a first plan, another whole plan, and a partial plan after
 * each leaver. Prints their cost as JSON. `DATABASE_URL` names an empty database.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMakePlanActivities } from '../../activities/cycle/make-plan.ts';
import type { Services, Tenant } from '../../activities/services.ts';
import { projectFolder } from '../../client/local/project-folder.ts';
import { parseTenantFile } from '../../config/tenant-file.ts';
import { entraCapabilities } from '../../directory/entra/entra-source.ts';
import { closeDatabase, openDatabase } from '../../store/database.ts';
import { openCycle, storeEvidence } from '../../store/planning/cycles.ts';
import { DirectoryRound } from '../../store/replica/directory-round.ts';
import { peakMemory } from '../support/processes.ts';
import { type PlanSize, planSides } from './plan-company.ts';
import { fillPlanStore } from './plan-store.ts';

const tenant = 'contoso';
const now = () => new Date();
const size: PlanSize & { leavers: number } = JSON.parse(process.argv[2] ?? '{}');

const database = await openDatabase(process.env.DATABASE_URL ?? '');
const path = join(projectFolder(), 'tenants', 'contoso.yaml');
const file = parseTenantFile(await readFile(path, 'utf8'), path);
const leavers = await arrange();
const planned = { name: tenant, file, directory: { capabilities: entraCapabilities } } as Tenant;
const services = { database, now, receiver: null, tenant: async () => planned };
const { makePlan } = createMakePlanActivities(services as unknown as Services);

const wholeMs = [await planOnce('full'), await planOnce('full')];
const partialMs: number[] = [];
for (const [index, leaver] of leavers.entries()) {
  const key = { ...(await open('incremental', `read ${index}`)), stream: 'users' } as const;
  const round = await DirectoryRound.begin(database, key, 'incremental');
  const removed = { type: 'removed', stream: 'users', id: leaver, purged: true } as const;
  const page = { stream: key.stream, entries: [removed], doubts: [], next: null, nextCursor: 'cursor' };
  await round.stagePages([page], 1);
  await round.commit({ mode: 'merge', reasons: [], objects: 0 }, { scope: '', now: now() });
  partialMs.push(await planOnce('incremental'));
}
console.log(JSON.stringify({ wholeMs, partialMs, peakMiB: await peakMemory(process.pid) }));
await closeDatabase(database);

/** Fills the store and returns the ids of the leavers. Keeps nothing else in memory, so that the peak is the plan's own. */
async function arrange(): Promise<string[]> {
  const sides = planSides(size);
  await fillPlanStore(database, tenant, file, sides);
  const from = size.people / 4;
  return sides.directory.people.slice(from, from + size.leavers).map(({ id }) => id);
}

async function planOnce(kind: 'full' | 'incremental'): Promise<number> {
  const key = await open(kind, `run ${performance.now()}`);
  const counted = { pages: 1, objects: 1 };
  const evidence = { kind, complete: true, reasons: [], users: counted, groups: counted };
  await storeEvidence(database, tenant, key.cycle, evidence);
  const startedAt = performance.now();
  await makePlan(key);
  return performance.now() - startedAt;
}

async function open(kind: 'full' | 'incremental', opening: string) {
  const begin = { kind, configurationVersion: 1, now: now() };
  const { number: cycle } = await openCycle(database, tenant, opening, begin);
  return { tenant, cycle, opening, kind, configurationVersion: 1 };
}
