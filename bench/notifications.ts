/** Leavers one after another: from the arrival of Microsoft's notification to the removal in Timely, by both ledgers. */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { followCycle } from '../client/cycle-report.ts';
import type { ProcessGroup } from '../client/local/process-group.ts';
import { projectFolder } from '../client/local/project-folder.ts';
import { startStack } from '../client/local/stack.ts';
import { openSandbox, type Sandbox } from '../client/sandbox/control.ts';
import { startTenant } from '../client/start-tenant.ts';
import { inFolder } from './in-folder.ts';
import { readLedger } from './ledger.ts';

/** Somebody who is going to leave. */
export interface Leaver {
  name: string;
  email: string;
}

const lookAgainMs = 50;
const p95MsMax = 2_000;
const removedWithinMs = 60_000;
const present = z.object({ users: z.array(z.object({ email: z.string() })) });

/** Prints p50 and p95. `--leavers N`: how many leave, 50 unless given. */
export async function benchNotifications(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { leavers: { type: 'string', default: '50' } } });
  const leavers = Array.from({ length: Number(values.leavers) }, (_, index): Leaver => {
    return { name: `Leaver ${index + 1}`, email: `leaver.${index + 1}@contoso.example` };
  });
  const waits = await inFolder((folder, group) => measure(folder, group, leavers));
  console.log(
    `${cpus().length} cores, Node ${process.versions.node}, ${leavers.length} leavers one after another`,
  );
  const p95 = percentile(waits, 95);
  console.log(
    `notification to removal: p50 ${percentile(waits, 50)} ms, p95 ${p95} ms, longest ${percentile(waits, 100)} ms`,
  );
  console.log(`${p95 < p95MsMax ? 'kept' : 'BROKEN'}: p95 below ${p95MsMax} ms`);
}

/** Milliseconds for each leaver. */
async function measure(folder: string, group: ProcessGroup, leavers: Leaver[]): Promise<number[]> {
  const stack = await startStack(group, { dataFolder: folder, sandbox: true, say: console.error });
  const sandbox = await openSandbox(folder);
  await sandbox.order('timely', 'account', { seats: 1_000 + leavers.length });
  for (const { name } of leavers)
    await sandbox.order('microsoft', 'join', { name, groups: ['Timely Users'] });
  await firstCycle(stack.address, await fileWithoutLimits(folder));
  const leftAt = new Map<string, number>();
  for (const { name, email } of leavers) {
    leftAt.set(email, Date.now());
    await sandbox.order('microsoft', 'leave', { person: name });
    await untilRemoved(sandbox, email);
    if (leftAt.size % 10 === 0) console.error(`${leftAt.size} of ${leavers.length} have left`);
  }
  return await waitsByLedgers(folder, leftAt);
}

/** Starts the tenant of a file, and waits until its first cycle has ended. */
export async function firstCycle(address: string, tenantFile: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const { tenant, finishedBefore } = await startTenant(client, tenantFile);
  await followCycle(client, tenant, { after: finishedBefore });
  await connection.close();
}

/** So many removals in a week would be held; and no cycle may come by the clock. */
export async function fileWithoutLimits(folder: string): Promise<string> {
  const text = await readFile(join(projectFolder(), 'tenants', 'contoso.yaml'), 'utf8');
  const file = join(folder, 'leavers.yaml');
  const edited = text
    .replace(/removals: \{ max: .*/, 'removals: { max: 100000, percent: 100 }')
    .replace(/invitations: \{ max: .*/, 'invitations: { max: 100000 }')
    .replace('every: 5m', 'every: 1h');
  await writeFile(file, edited);
  return file;
}

async function untilRemoved(sandbox: Sandbox, email: string): Promise<void> {
  for (const giveUpAt = Date.now() + removedWithinMs; Date.now() < giveUpAt; await sleep(lookAgainMs)) {
    const { users } = present.parse(await sandbox.state('timely'));
    if (!users.some((user) => user.email === email)) return;
  }
  throw new Error(`${email} is still in Timely ${removedWithinMs / 1_000} s after leaving.`);
}

/** Milliseconds from notification to removal, for each who left at a moment, by their addresses. */
export async function waitsByLedgers(folder: string, leftAt: Map<string, number>): Promise<number[]> {
  const [microsoft, timely] = await Promise.all([
    readLedger(folder, 'microsoft'),
    readLedger(folder, 'timely'),
  ]);
  const sent = microsoft.filter(({ operation }) => operation === 'notifications.send').map(({ at }) => at);
  return [...leftAt].map(([email, left]) => {
    const arrived = sent.find((at) => at >= left);
    const removed = timely.find(({ method, subject }) => method === 'DELETE' && subject === email);
    if (arrived === undefined || !removed) throw new Error(`The ledgers do not tell how ${email} left.`);
    return removed.at - arrived;
  });
}

/** The smallest that so many percent do not exceed. */
export function percentile(values: number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil((sorted.length * percent) / 100) - 1, 0)] ?? Number.NaN;
}
