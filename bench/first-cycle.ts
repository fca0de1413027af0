/**
 * A first cycle beside the same work by a plain script: for the sandbox's fifty people, and for a thousand people against a
 * Timely that takes 50 ms for each response.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { startSandboxProcess } from '../client/local/node-processes.ts';
import type { ProcessGroup } from '../client/local/process-group.ts';
import { sandboxVariables, startStack } from '../client/local/stack.ts';
import { startTenant } from '../client/remote/begin/start-tenant.ts';
import { cycleDocument, followCycle } from '../client/remote/cycle-report.ts';
import { openSandbox } from '../client/sandbox/control.ts';
import { readTenantFile } from '../client/tenant-file.ts';
import { startSandbox as fillSandbox } from '../simulators/sandbox.ts';
import { fillCompany } from './scale/scale-company.ts';
import { judge, machine, type Ratio } from './support/figures.ts';
import { inFolder, readLedger, withClient } from './support/stack.ts';
import { writeTenantFile } from './support/tenant-files.ts';

interface Measured {
  people: number;
  /** From the start of the work to the last write in Timely. */
  seconds: number;
  /** Requests to Timely per second, from the first write to the last. */
  perSecond: number;
}

interface Work {
  /** Null: the sandbox's own people. */
  people: number | null;
  /** `requestsPerSecond` of the tenant file. */
  rate: number;
  /** Latency of each response of Timely. */
  latencyMs: number;
  /** Most time that the cycle may take, as a multiple of the plain script's time. */
  ratioMax?: number;
  /** Fewest people a second that the cycle has to bring in. */
  peoplePerSecondMin?: number;
}

/** A rate that neither the simulator nor this machine can reach. */
const unlimited = 1_000;

const cases: readonly Work[] = [
  { people: null, rate: 50, latencyMs: 0, ratioMax: 1.3 },
  { people: 1_000, rate: 20, latencyMs: 50, ratioMax: 1.1 },
  { people: 1_000, rate: 100, latencyMs: 50, ratioMax: 1.08 },
  { people: 1_000, rate: unlimited, latencyMs: 50, ratioMax: 1.4, peoplePerSecondMin: 100 },
];

const plainScript = join(import.meta.dirname, 'plain-script.js');

/**
 * Prints the medians of both and their ratio, for each case. `--people N`, `--rate R` (50) and `--latency MS` (0) measure
 * one other case. `--rounds N` (3) repeats each measurement, `--engine-only` leaves the plain script out.
 */
export async function benchFirstCycle(args: string[]): Promise<Ratio[]> {
  const { values } = parseArgs({
    args,
    options: {
      people: { type: 'string' },
      rate: { type: 'string' },
      latency: { type: 'string', default: '0' },
      rounds: { type: 'string', default: '3' },
      'engine-only': { type: 'boolean', default: false },
    },
  });
  const { people, rate, latency } = values;
  const own = {
    people: people === undefined ? null : Number(people),
    rate: Number(rate ?? 50),
    latencyMs: Number(latency),
  };
  const works = people === undefined && rate === undefined ? cases : [own];
  const ratios: Ratio[] = [];
  for (const work of works)
    ratios.push(...(await measureInTurn(work, Number(values.rounds), values['engine-only'])));
  return ratios;
}

async function measureInTurn(work: Work, rounds: number, engineOnly: boolean): Promise<Ratio[]> {
  const engine: Measured[] = [];
  const plain: Measured[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    engine.push(await inFolder((folder, group) => measureEngine(folder, group, work)));
    console.error(`round ${round} of ${rounds}: ${inWords(engine.at(-1))}`);
    if (engineOnly) continue;
    plain.push(await inFolder((folder, group) => measurePlainScript(folder, group, work)));
    console.error(`round ${round} of ${rounds}: ${inWords(plain.at(-1))} by the plain script`);
  }
  return report(work, engine, plain);
}

/** Fills the sandbox of this folder before it starts, and returns the path of the tenant file. */
async function prepare(folder: string, { people, rate }: Work): Promise<string> {
  const file = await writeTenantFile(folder, [
    [/requestsPerSecond: \d+/, `requestsPerSecond: ${rate}`],
    ['invitations: { max: 100 }', 'invitations: { max: 100000 }'],
    [/every: \S+/, 'every: 1h'],
  ]);
  if (people === null) return file;
  const size = { people, groups: 20, memberships: people * 3, inScope: people, inTimely: 0, seed: 'contoso' };
  // The sandbox continues from the state in its folder.
  const made = await fillSandbox({
    dataDir: join(folder, 'sandbox'),
    company(microsoft, timely) {
      fillCompany(microsoft, timely, size);
      timely.account.seats = people + timely.present.length;
    },
  });
  await made.close();
  return file;
}

async function setLatency(folder: string, { latencyMs }: Work): Promise<void> {
  if (latencyMs === 0) return;
  const sandbox = await openSandbox(folder);
  await sandbox.order('timely', 'faults', { set: 'latency', setting: { milliseconds: latencyMs } });
}

/** Measures the product as `npm start` runs it: Temporal, PostgreSQL, sandbox and worker on this machine. */
async function measureEngine(folder: string, group: ProcessGroup, work: Work): Promise<Measured> {
  const tenantFile = await prepare(folder, work);
  const stack = await startStack(group, { dataFolder: folder, sandbox: true, files: [], say: console.error });
  await setLatency(folder, work);
  const { startedAt, document } = await withClient(stack.address, async (client) => {
    const startedAt = Date.now();
    const { tenant, configured } = await startTenant(client, await readTenantFile(tenantFile), {
      run: true,
    });
    const cycle = await followCycle(client, tenant, { after: configured.after });
    return { startedAt, document: await cycleDocument(client, [{ tenant, cycle }]) };
  });
  const { invited = 0, reinstated = 0, linked = 0 } = document.tenants[0]?.cycle.counts ?? {};
  return { people: invited + reinstated + linked, ...(await timesOf(folder, startedAt)) };
}

/** Returns the times by Timely's ledger. */
async function timesOf(folder: string, startedAt: number): Promise<Omit<Measured, 'people'>> {
  const entries = await readLedger(folder, 'timely');
  const requests = entries.filter(({ operation }) => !operation.startsWith('oauth.'));
  const writes = requests.filter(({ method }) => method !== 'GET').map(({ at }) => at);
  const [first, last] = [Math.min(...writes), Math.max(...writes)];
  const between = requests.filter(({ at }) => at > first && at <= last).length;
  return { seconds: (last - startedAt) / 1000, perSecond: (between * 1000) / (last - first) };
}

async function measurePlainScript(folder: string, group: ProcessGroup, work: Work): Promise<Measured> {
  const tenantFile = await prepare(folder, work);
  const sandbox = await startSandboxProcess(folder, group.start);
  await setLatency(folder, work);
  const env = { ...process.env, ...(await sandboxVariables(folder, sandbox)) };
  const startedAt = Date.now();
  const { stdout } = await promisify(execFile)(process.execPath, [plainScript, tenantFile], { env });
  const { people, seconds } = z.object({ people: z.number(), seconds: z.number() }).parse(JSON.parse(stdout));
  return { people, perSecond: (await timesOf(folder, startedAt)).perSecond, seconds };
}

function report(work: Work, engine: Measured[], plain: Measured[]): Ratio[] {
  const { people, rate, latencyMs, ratioMax, peoplePerSecondMin } = work;
  const ours = median(engine);
  console.log(
    `${machine}, ${rate} requests per second, responses after ${latencyMs} ms, median of ${engine.length} rounds`,
  );
  console.log(`timely-sync:  ${inWords(ours)}`);
  if (peoplePerSecondMin !== undefined)
    judge({
      name: 'people a second',
      value: ours.people / ours.seconds,
      unit: '',
      atLeast: peoplePerSecondMin,
    });
  if (plain.length === 0) return [];
  const theirs = median(plain);
  console.log(`plain script: ${inWords(theirs)}`);
  const value = ours.seconds / theirs.seconds;
  if (ratioMax === undefined) console.log(`ratio:        ${value.toFixed(2)}`);
  else judge({ name: 'ratio', value, unit: '', atMost: ratioMax });
  return [{ name: `first-cycle: ${people ?? 50} people at ${rate} a second`, value, better: 'lower' }];
}

function inWords(measured: Measured | undefined): string {
  if (!measured) return '';
  const { people, seconds, perSecond } = measured;
  return `${people} people in ${seconds.toFixed(2)} s, ${perSecond.toFixed(1)} requests per second`;
}

function median(all: Measured[]): Measured {
  const sorted = all.toSorted((a, b) => a.seconds - b.seconds);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new Error('No round was measured: give --rounds 1 or more.');
  return middle;
}
