/**
 * A tenant of 100,000 people beside one of 1,000, in turn: the first full cycle, and incremental cycles in which nothing
 * has changed. Times are those of the cycle's row and of Temporal's history, requests those of the simulators' ledgers,
 * memory what Linux tells of the worker's process.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import Table from 'cli-table3';
import type { ProcessGroup } from '../client/local/process-group.ts';
import { projectFolder } from '../client/local/project-folder.ts';
import { startStack } from '../client/local/stack.ts';
import { startSandbox } from '../simulators/sandbox.ts';
import { inFolder } from './in-folder.ts';
import { type CompanySize, fillCompany } from './scale-company.ts';
import { measureTenant, type TenantFigures } from './scale-measures.ts';

/** Measures both and prints them beside each other. */
export async function benchScale(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      people: { type: 'string', default: '100000' },
      'in-scope': { type: 'string', default: '1000' },
      'in-timely': { type: 'string', default: '1000' },
      cycles: { type: 'string', default: '20' },
      seed: { type: 'string', default: 'contoso' },
    },
  });
  const { seed } = values;
  const cycles = Number(values.cycles);
  const small = { people: 1_000, groups: 50, memberships: 3_000, inScope: 1_000, inTimely: 1_000, seed };
  const people = Number(values.people);
  const large = {
    people,
    groups: people / 20,
    memberships: people * 3,
    inScope: Number(values['in-scope']),
    inTimely: Number(values['in-timely']),
    seed,
  };
  const figures: TenantFigures[] = [];
  for (const size of [small, large]) {
    console.error(`${size.people} people, ${size.groups} groups, ${size.memberships} memberships`);
    figures.push(await inFolder((folder, group) => measure(folder, group, size, cycles)));
  }
  const [ofSmall, ofLarge] = figures;
  if (ofSmall && ofLarge) print({ small, large, ofSmall, ofLarge, cycles });
}

/** The product as `npm start` runs it, with another company in the sandbox. */
async function measure(
  folder: string,
  group: ProcessGroup,
  size: CompanySize,
  cycles: number,
): Promise<TenantFigures> {
  // The sandbox goes on from what it finds in its folder.
  const made = await startSandbox({
    dataDir: join(folder, 'sandbox'),
    company: (microsoft, timely) => void fillCompany(microsoft, timely, size),
  });
  await made.close();
  const tenantFile = await writeTenantFile(folder);
  const stack = await startStack(group, { dataFolder: folder, sandbox: true, say: () => undefined });
  const connection = await Connection.connect({ address: stack.address });
  try {
    return await measureTenant(new Client({ connection }), { folder, tenantFile, cycles });
  } finally {
    await connection.close();
  }
}

/** The sandbox's tenant file, at a pace at which neither Timely nor a limit is what takes the time. */
async function writeTenantFile(folder: string): Promise<string> {
  const text = await readFile(join(projectFolder(), 'tenants', 'contoso.yaml'), 'utf8');
  const file = join(folder, 'tenant.yaml');
  const edited = text
    .replace(/requestsPerSecond: \d+/, 'requestsPerSecond: 1000')
    .replace('{ department: [Design, Engineering] }', '{ department: [Engineering] }')
    .replace(/every: \S+/, 'every: 1h');
  await writeFile(file, edited);
  return file;
}

interface Report {
  small: CompanySize;
  large: CompanySize;
  ofSmall: TenantFigures;
  ofLarge: TenantFigures;
  cycles: number;
}

function print({ small, large, ofSmall, ofLarge, cycles }: Report): void {
  console.log(
    `${cpus().length} cores, Node ${process.versions.node}; ${large.groups} groups and ${large.memberships} memberships in the larger tenant; ` +
      `${small.inScope} and ${large.inScope} people in scope; incremental cycles without changes: median of ${cycles}`,
  );
  const table = new Table({
    head: ['', `${small.people} people`, `${large.people} people`, 'ratio'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right'],
  });
  const row = (name: string, figure: (figures: TenantFigures) => number, digits: number) => {
    const [one, other] = [figure(ofSmall), figure(ofLarge)];
    table.push([name, one.toFixed(digits), other.toFixed(digits), (other / one).toFixed(2)]);
  };
  row('first full read, s', ({ first }) => first.readMs / 1000, 2);
  row('first full read, requests', ({ first }) => first.readRequests, 0);
  row('first full read, worker peak MiB', ({ first }) => first.readPeakMiB, 0);
  row('first plan, s', ({ first }) => first.planMs / 1000, 2);
  row('first full cycle, worker peak MiB', ({ first }) => first.peakMiB, 0);
  row('full read again, s', ({ again }) => again.readMs / 1000, 2);
  row('full read again, plan s', ({ again }) => again.planMs / 1000, 2);
  row('full cycles, worker peak MiB', ({ again }) => again.peakMiB, 0);
  row('incremental cycle, ms', ({ idle }) => idle.cycleMs, 0);
  row('incremental cycle, requests', ({ idle }) => idle.requests, 0);
  row('incremental cycles, worker peak MiB', ({ idle }) => idle.peakMiB, 0);
  console.log(table.toString());
  for (const verdict of verdicts(ofSmall, ofLarge)) console.log(verdict);
}

/** What a first full read may take in the larger tenant, and how much dearer its idle cycles may be. */
const firstReadSecondsMax = 90;
const firstReadMiBMax = 512;
const idleRatioMax = 1.5;

/** The limits, each with what was measured and whether it was kept. */
function verdicts(small: TenantFigures, large: TenantFigures): string[] {
  const verdict = (name: string, figure: number, limit: number, unit: string) =>
    `${figure <= limit ? 'kept  ' : 'BROKEN'} ${name}: ${figure.toFixed(2)}${unit}, at most ${limit}${unit}`;
  const ratio = (name: string, figure: (idle: TenantFigures['idle']) => number) =>
    verdict(`incremental cycle, ${name}`, figure(large.idle) / figure(small.idle), idleRatioMax, ' times');
  return [
    verdict('first full read', large.first.readMs / 1000, firstReadSecondsMax, ' s'),
    verdict('worker until it ended', large.first.readPeakMiB, firstReadMiBMax, ' MiB'),
    ratio('requests', ({ requests }) => requests),
    ratio('time', ({ cycleMs }) => cycleMs),
    ratio('memory', ({ peakMiB }) => peakMiB),
  ];
}
