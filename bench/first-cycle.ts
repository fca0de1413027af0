/** The first cycle of the sandbox's fifty people, beside the same work by a plain script, in turn. */
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { cycleDocument, followCycle } from '../client/cycle-report.ts';
import { startSandbox } from '../client/local/node-processes.ts';
import type { ProcessGroup } from '../client/local/process-group.ts';
import { projectFolder } from '../client/local/project-folder.ts';
import { sandboxVariables, startStack } from '../client/local/stack.ts';
import { startTenant } from '../client/start-tenant.ts';
import { inFolder } from './in-folder.ts';
import { readLedger } from './ledger.ts';

interface Measured {
  people: number;
  /** From the start of the work to the last write in Timely. */
  seconds: number;
}

const tenantFile = join(projectFolder(), 'tenants', 'contoso.yaml');
const plainScript = join(import.meta.dirname, 'plain-script.js');

/** Prints the medians of both and their ratio. `--rounds N`: how often each is measured, 3 unless given. */
export async function benchFirstCycle(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '3' } } });
  const rounds = Number(values.rounds);
  const engine: Measured[] = [];
  const plain: Measured[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    engine.push(await inFolder(measureEngine));
    plain.push(await inFolder(measurePlainScript));
    console.error(
      `round ${round} of ${rounds}: ${inWords(engine.at(-1))}, ${inWords(plain.at(-1))} by the plain script`,
    );
  }
  report(median(engine), median(plain), rounds);
}

/** The product as `npm start` runs it: Temporal with its database file, PostgreSQL, sandbox and worker on this machine. */
async function measureEngine(folder: string, group: ProcessGroup): Promise<Measured> {
  const stack = await startStack(group, { dataFolder: folder, sandbox: true, say: console.error });
  const connection = await Connection.connect({ address: stack.address });
  const client = new Client({ connection });
  const startedAt = Date.now();
  const { tenant, finishedBefore } = await startTenant(client, tenantFile);
  const cycle = await followCycle(client, tenant, { after: finishedBefore });
  const document = await cycleDocument(client, [{ tenant, cycle }]);
  await connection.close();
  const { invited = 0, reinstated = 0, linked = 0 } = document.tenants[0]?.cycle.counts ?? {};
  return { people: invited + reinstated + linked, seconds: ((await lastWriteAt(folder)) - startedAt) / 1000 };
}

/** When Timely had its last write, by its own ledger. */
async function lastWriteAt(folder: string): Promise<number> {
  const entries = await readLedger(folder, 'timely');
  const writes = entries.filter(
    ({ method, operation }) => method !== 'GET' && !operation.startsWith('oauth.'),
  );
  return Math.max(...writes.map(({ at }) => at));
}

async function measurePlainScript(folder: string, group: ProcessGroup): Promise<Measured> {
  const sandbox = await startSandbox(folder, group.start);
  const env = { ...process.env, ...(await sandboxVariables(folder, sandbox)) };
  const { stdout } = await promisify(execFile)(process.execPath, [plainScript, tenantFile], { env });
  return z.object({ people: z.number(), seconds: z.number() }).parse(JSON.parse(stdout));
}

function report(ours: Measured, theirs: Measured, rounds: number): void {
  console.log(
    `${cpus().length} cores, Node ${process.versions.node}, 50 requests per second, median of ${rounds} rounds`,
  );
  console.log(`timely-sync:  ${inWords(ours)}`);
  console.log(`plain script: ${inWords(theirs)}`);
  console.log(`ratio:        ${(ours.seconds / theirs.seconds).toFixed(2)}`);
}

function inWords(measured: Measured | undefined): string {
  return measured ? `${measured.people} people in ${measured.seconds.toFixed(2)} s` : '';
}

function median(all: Measured[]): Measured {
  const sorted = all.toSorted((a, b) => a.seconds - b.seconds);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new Error('There is nothing to report: give --rounds 1 or more.');
  return middle;
}
