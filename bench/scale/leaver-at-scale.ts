/**
 * Leavers one after another in a tenant of 100,000 people, all in scope and linked. Measures the time from Microsoft's
 * notification to the removal in Timely, by both ledgers, and the worker's memory.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startPostgres } from '../../client/local/postgres.ts';
import type { ProcessGroup } from '../../client/local/process-group.ts';
import { startStack } from '../../client/local/stack.ts';
import { openSandbox } from '../../client/sandbox/control.ts';
import type { PersonLink } from '../../domain/people/link.ts';
import { startSandbox } from '../../simulators/sandbox.ts';
import { closeDatabase, openDatabase } from '../../store/database.ts';
import { type Leaver, waitsByLedgers } from '../notifications.ts';
import { storePersonLinks } from '../plan/plan-store.ts';
import { judge, machine, percentile } from '../support/figures.ts';
import { memoryOfAll, peakMemory, workerPid } from '../support/processes.ts';
import { awaitFirstCycle, inFolder, readLedger } from '../support/stack.ts';
import { withoutLimits, writeTenantFile } from '../support/tenant-files.ts';
import { fillCompany } from './scale-company.ts';

const p95MsMax = 1_500;
const workerMiBMax = 512;
const pollEveryMs = 100;
const removedWithinMs = 180_000;
const tenant = 'contoso';

interface Figures {
  waits: number[];
  firstCycleMs: number;
  /** Peaks of the worker: until the first full cycle ends, and until the last leaver is removed. */
  firstPeakMiB: number;
  peakMiB: number;
  /** Memory of each process at the end. */
  memory: string;
}

/** Prints p50, p95 and memory. `--people N` (100,000), `--leavers N` (30). */
export async function benchLeaverAtScale(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      people: { type: 'string', default: '100000' },
      leavers: { type: 'string', default: '30' },
      seed: { type: 'string', default: 'contoso' },
    },
  });
  const [people, leavers] = [Number(values.people), Number(values.leavers)];
  const { seed } = values;
  const found = await inFolder((folder, group) => measure(folder, group, { people, leavers, seed }));
  const { waits, firstCycleMs, firstPeakMiB, peakMiB, memory } = found;
  console.log(`${machine}, ${people} people in scope and linked, ${leavers} leavers one after another`);
  const p95 = percentile(waits, 95);
  console.log(
    `notification to removal: p50 ${percentile(waits, 50)} ms, p95 ${p95} ms, longest ${percentile(waits, 100)} ms`,
  );
  console.log(
    `first full cycle ${(firstCycleMs / 1000).toFixed(1)} s; worker's peak until then ${firstPeakMiB.toFixed(0)} MiB, at the end ${peakMiB.toFixed(0)} MiB`,
  );
  console.log(`memory at the end: ${memory}`);
  judge({ name: 'p95', value: p95, unit: ' ms', atMost: p95MsMax });
  judge({ name: "worker's memory", value: peakMiB, unit: ' MiB', atMost: workerMiBMax });
}

async function measure(
  folder: string,
  group: ProcessGroup,
  { people, leavers, seed }: { people: number; leavers: number; seed: string },
): Promise<Figures> {
  const links = await arrange(folder, people, seed);
  const stack = await startStack(group, { dataFolder: folder, sandbox: true, files: [], say: console.error });
  const startedAt = Date.now();
  await awaitFirstCycle(stack.address, await writeTenantFile(folder, withoutLimits));
  const firstCycleMs = Date.now() - startedAt;
  console.error(`the first cycle has ended after ${firstCycleMs} ms`);
  const worker = await workerPid(folder);
  const firstPeakMiB = await peakMemory(worker);
  const sandbox = await openSandbox(folder);
  const leftAt = new Map<string, number>();
  for (const { name, email } of chosenFrom(links, leavers)) {
    leftAt.set(email, Date.now());
    await sandbox.order('microsoft', 'leave', { person: name });
    await untilRemoved(folder, email);
  }
  const waits = await waitsByLedgers(folder, leftAt);
  const memory = await memoryOfAll(folder);
  return { waits, firstCycleMs, firstPeakMiB, peakMiB: await peakMemory(worker), memory };
}

/** Fills the sandbox, and a store with the links of earlier cycles, so that no person is invited. */
async function arrange(folder: string, people: number, seed: string): Promise<PersonLink[]> {
  let links: PersonLink[] = [];
  const size = {
    people,
    groups: people / 20,
    memberships: people * 3,
    inScope: people,
    inTimely: people,
    seed,
  };
  const made = await startSandbox({
    dataDir: join(folder, 'sandbox'),
    company: (microsoft, timely) => {
      timely.account.seats = people * 2;
      links = fillCompany(microsoft, timely, size);
    },
  });
  await made.close();
  const postgres = await startPostgres({ dataFolder: folder });
  try {
    await storeLinks(postgres.url, links);
  } finally {
    await postgres.stop();
  }
  return links;
}

async function storeLinks(url: string, links: PersonLink[]): Promise<void> {
  const database = await openDatabase(url);
  await storePersonLinks(database, tenant, links);
  await closeDatabase(database);
}

/** Returns leavers spread over the whole company, without its administrator. */
function chosenFrom(links: PersonLink[], count: number): Leaver[] {
  const step = Math.floor(links.length / (count + 1));
  return Array.from({ length: count }, (_, index) => {
    const email = links[(index + 1) * step]?.email ?? '';
    return { name: email, email };
  });
}

async function untilRemoved(folder: string, email: string): Promise<void> {
  for (const giveUpAt = Date.now() + removedWithinMs; Date.now() < giveUpAt; await sleep(pollEveryMs)) {
    const entries = await readLedger(folder, 'timely');
    if (entries.some(({ method, subject }) => method === 'DELETE' && subject === email)) return;
  }
  throw new Error(`${email} is still in Timely ${removedWithinMs / 1_000} s after leaving.`);
}
