/**
 * Leavers one after another in a tenant of 100,000 people who are all in scope and in Timely, linked already: from
 * Microsoft's notification to the removal in Timely by both ledgers, and what memory the worker has taken.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { startPostgres } from '../../client/local/postgres.ts';
import type { ProcessGroup } from '../../client/local/process-group.ts';
import { startStack } from '../../client/local/stack.ts';
import { openSandbox } from '../../client/sandbox/control.ts';
import type { PersonLink } from '../../domain/people/link.ts';
import { startSandbox } from '../../simulators/sandbox.ts';
import { asJson, closeDatabase, inSets, openDatabase } from '../../store/database.ts';
import { type Leaver, waitsByLedgers } from '../notifications.ts';
import { awaitFirstCycle } from '../support/cycles.ts';
import { judge, machine, percentile } from '../support/figures.ts';
import { inFolder } from '../support/in-folder.ts';
import { readLedger } from '../support/ledger.ts';
import { memoryOfAll, peakMemory, workerPid } from '../support/processes.ts';
import { withoutLimits, writeTenantFile } from '../support/tenant-files.ts';
import { fillCompany } from './scale-company.ts';

const p95MsMax = 4_000;
const workerMiBMax = 512;
const lookAgainMs = 100;
const removedWithinMs = 180_000;
const tenant = 'contoso';

interface Figures {
  waits: number[];
  firstCycleMs: number;
  /** Of the worker: until the first full cycle ended, and until the last leaver was removed. */
  firstPeakMiB: number;
  peakMiB: number;
  /** Of every process, in the end. */
  memory: string;
}

/** Prints p50, p95 and memory. `--people N` and `--leavers N`: 100,000 and 30 unless given. */
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
    `first full cycle ${(firstCycleMs / 1000).toFixed(1)} s; worker's peak until then ${firstPeakMiB.toFixed(0)} MiB, in the end ${peakMiB.toFixed(0)} MiB`,
  );
  console.log(`memory in the end: ${memory}`);
  judge({ name: 'p95', value: p95, unit: ' ms', atMost: p95MsMax });
  judge({ name: "worker's memory", value: peakMiB, unit: ' MiB', atMost: workerMiBMax });
}

async function measure(
  folder: string,
  group: ProcessGroup,
  { people, leavers, seed }: { people: number; leavers: number; seed: string },
): Promise<Figures> {
  const links = await arrange(folder, people, seed);
  const stack = await startStack(group, { dataFolder: folder, sandbox: true, say: console.error });
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

/** Fills the sandbox, and a store with the links that earlier cycles would have left: nobody is to be invited. */
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
  for (const rows of inSets(links, (link) => link)) {
    await database.execute(sql`insert into person_links (tenant, person_id, timely_id, state, email, role)
      select ${tenant}, "personId", "timelyId", state, email, role from jsonb_to_recordset(${asJson(rows)}) as entry
        ("personId" text, "timelyId" bigint, state text, email text, role text)`);
  }
  await closeDatabase(database);
}

/** Spread over the whole company, but for its administrator. */
function chosenFrom(links: PersonLink[], count: number): Leaver[] {
  const step = Math.floor(links.length / (count + 1));
  return Array.from({ length: count }, (_, index) => {
    const email = links[(index + 1) * step]?.email ?? '';
    return { name: email, email };
  });
}

async function untilRemoved(folder: string, email: string): Promise<void> {
  for (const giveUpAt = Date.now() + removedWithinMs; Date.now() < giveUpAt; await sleep(lookAgainMs)) {
    const entries = await readLedger(folder, 'timely');
    if (entries.some(({ method, subject }) => method === 'DELETE' && subject === email)) return;
  }
  throw new Error(`${email} is still in Timely ${removedWithinMs / 1_000} s after leaving.`);
}
