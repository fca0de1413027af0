/**
 * A tenant of 100,000 people beside one of 1,000: the first full cycle, and incremental cycles without changes. Times come
 * from cycle reports and Temporal's history, requests from the simulators' ledgers, memory from Linux.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import type { ProcessGroup } from '../../client/local/process-group.ts';
import { startStack } from '../../client/local/stack.ts';
import { startSandbox } from '../../simulators/sandbox.ts';
import { judge, machine, type Ratio } from '../support/figures.ts';
import { inFolder, withClient } from '../support/stack.ts';
import { writeTenantFile } from '../support/tenant-files.ts';
import { type CompanySize, fillCompany } from './scale-company.ts';
import { measureTenant, type TenantFigures } from './scale-measures.ts';

/** Measures both tenants and prints them side by side. */
export async function benchScale(args: string[]): Promise<Ratio[]> {
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
  if (!ofSmall || !ofLarge) return [];
  print({ small, large, ofSmall, ofLarge, cycles });
  return idleRatios(ofSmall, ofLarge);
}

/** Measures the product as `npm start` runs it, with another company in the sandbox. */
async function measure(
  folder: string,
  group: ProcessGroup,
  size: CompanySize,
  cycles: number,
): Promise<TenantFigures> {
  // The sandbox continues from the state in its folder.
  const made = await startSandbox({
    dataDir: join(folder, 'sandbox'),
    company: (microsoft, timely) => void fillCompany(microsoft, timely, size),
  });
  await made.close();
  const tenantFile = await writeTenantFile(folder, unlimitedRate);
  const stack = await startStack(group, {
    dataFolder: folder,
    sandbox: true,
    files: [],
    say: () => undefined,
  });
  return await withClient(stack.address, (client) => measureTenant(client, { folder, tenantFile, cycles }));
}

/** Neither Timely nor a limit takes time at this rate. */
const unlimitedRate = [
  [/requestsPerSecond: \d+/, 'requestsPerSecond: 1000'],
  ['{ department: [Design, Engineering] }', '{ department: [Engineering] }'],
  [/every: \S+/, 'every: 1h'],
] as const;

interface Report {
  small: CompanySize;
  large: CompanySize;
  ofSmall: TenantFigures;
  ofLarge: TenantFigures;
  cycles: number;
}

function print({ small, large, ofSmall, ofLarge, cycles }: Report): void {
  console.log(
    `${machine}; ${large.groups} groups and ${large.memberships} memberships in the larger tenant; ` +
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
  const { first } = ofLarge;
  judge({ name: 'first full read', value: first.readMs / 1000, unit: ' s', atMost: firstReadSecondsMax });
  judge({ name: 'worker until it ended', value: first.readPeakMiB, unit: ' MiB', atMost: firstReadMiBMax });
  for (const { name, value } of idleRatios(ofSmall, ofLarge))
    judge({ name, value, unit: ' times', atMost: idleRatioMax });
}

/** Limits of the larger tenant's first full read, and of its idle cycles relative to the smaller one's. */
const firstReadSecondsMax = 12;
const firstReadMiBMax = 512;
const idleRatioMax = 1.5;

function idleRatios(small: TenantFigures, large: TenantFigures): Ratio[] {
  const ratio = (name: string, figure: (idle: TenantFigures['idle']) => number): Ratio => ({
    name: `scale: incremental cycle, ${name}`,
    value: figure(large.idle) / figure(small.idle),
    better: 'lower',
  });
  return [
    ratio('requests', ({ requests }) => requests),
    ratio('time', ({ cycleMs }) => cycleMs),
    ratio('memory', ({ peakMiB }) => peakMiB),
  ];
}
