/**
 * Many tenants on one worker: the cost of a thousand waiting loops and the time until a nudged one has finished its cycle,
 * then a hundred more that all have their first cycle at once.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import pLimit from 'p-limit';
import type { ProcessGroup } from '../client/local/process-group.ts';
import { startStack } from '../client/local/stack.ts';
import { startTenant } from '../client/remote/begin/start-tenant.ts';
import { openSandbox } from '../client/sandbox/control.ts';
import { readTenantFile } from '../client/tenant-file.ts';
import { type Sandbox, startSandbox } from '../simulators/sandbox.ts';
import { nudgeSignal, statusQuery, tenantWorkflowId } from '../workflows/messages.ts';
import { judge, machine, percentile } from './support/figures.ts';
import { cpuSeconds, memory, memoryOfAll, workerPid } from './support/processes.ts';
import { inFolder, withClient } from './support/stack.ts';
import { type TenantFileEdit, withoutLimits, writeTenantFile } from './support/tenant-files.ts';

const idleCorePercentMax = 0.5;
const idleMiBMax = 350;
const nudgeP95MsMax = 1_000;
const busyPeoplePerSecondMin = 60;
const watchForMs = 60_000;
/** V8 collects what the first cycles left within this time, and that is no part of waiting. */
const collectedAfterMs = 120_000;
const startedAtOnce = 20;
const startedInTurn = 50;
const pollEveryMs = 250;

interface Sizes {
  idle: number;
  busy: number;
  nudges: number;
}

/** Prints the cost of waiting tenants and the speed of busy ones. `--idle N` (1,000), `--busy N` (100), `--nudges N` (100). */
export async function benchManyTenants(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      idle: { type: 'string', default: '1000' },
      busy: { type: 'string', default: '100' },
      nudges: { type: 'string', default: '100' },
    },
  });
  const [idle, busy, nudges] = [values.idle, values.busy, values.nudges].map(Number);
  const sizes = { idle, busy, nudges } as Sizes;
  const companies: Sandbox[] = [];
  try {
    while (companies.length < sizes.busy) companies.push(await startSandbox());
    await inFolder((folder, group) => measureIn(folder, group, companies, sizes));
  } finally {
    await Promise.all(companies.map((company) => company.close()));
  }
}

async function measureIn(
  folder: string,
  group: ProcessGroup,
  companies: readonly Sandbox[],
  sizes: Sizes,
): Promise<void> {
  await letWorkerReach(folder, companies);
  const stack = await startStack(group, { dataFolder: folder, sandbox: true, files: [], say: console.error });
  // All waiting tenants share a sandbox and sign in with the same refresh token.
  await (await openSandbox(folder)).order('timely', 'behave', { refreshTokens: 'keep' });
  await withClient(stack.address, (client) => measure(client, folder, companies, sizes));
}

async function measure(
  client: Client,
  folder: string,
  companies: readonly Sandbox[],
  { idle, busy, nudges }: Sizes,
): Promise<void> {
  const worker = await workerPid(folder);
  const startedAt = Date.now();
  await startInTurn(client, await idleFiles(folder, idle), 'idle');
  console.log(`${machine}; ${idle} tenants had their first cycle in ${secondsSince(startedAt)} s`);
  await watchWaiting(worker);
  console.log(`memory: ${await memoryOfAll(folder)}`);
  const waits = await nudgeSome(client, idle, nudges);
  judge({
    name: 'nudge to end of cycle, p95',
    value: percentile(waits, 95),
    unit: ' ms',
    atMost: nudgeP95MsMax,
  });
  if (busy > 0) await measureBusy(client, await busyFiles(folder, companies), companies);
  console.log(`memory at the end: ${await memoryOfAll(folder)}`);
}

const secondsSince = (startedAt: number) => ((Date.now() - startedAt) / 1000).toFixed(1);

/** Sets the variables that the busy tenants' files name with `env:`, and the authorities that the worker has to trust. */
async function letWorkerReach(folder: string, companies: readonly Sandbox[]): Promise<void> {
  for (const [number, { microsoft, timely, credentials }] of companies.entries()) {
    const variables = {
      [`BUSY${number}_MICROSOFT`]: microsoft.url,
      [`BUSY${number}_TIMELY`]: timely.url,
      [`BUSY${number}_ENTRA_SECRET`]: credentials.clientSecret,
      [`BUSY${number}_CLIENT_ID`]: credentials.applicationId,
      [`BUSY${number}_CLIENT_SECRET`]: credentials.applicationSecret,
      [`BUSY${number}_REFRESH_TOKEN`]: credentials.refreshToken,
    };
    const { TIMELY_SYNC_SHARED_REFERENCES: before } = process.env;
    const references = [before, ...Object.keys(variables)].join(',');
    Object.assign(process.env, variables, { TIMELY_SYNC_SHARED_REFERENCES: references });
  }
  const authorities = join(folder, 'busy.pem');
  const texts = await Promise.all(companies.map(({ caFile }) => readFile(caFile, 'utf8')));
  await writeFile(authorities, texts.join('\n'));
  process.env.NODE_EXTRA_CA_CERTS = authorities;
}

const nameOfIdle = (number: number) => `idle-${number}`;

/** Writes files of tenants with an empty scope, which wait an hour between cycles. */
async function idleFiles(folder: string, count: number): Promise<string[]> {
  const edits: TenantFileEdit[] = [
    ...withoutLimits,
    [/include:\n(?: {4}- .*\n)+/, 'include:\n    - { group: Not in Timely }\n'],
    [/ {2}exclude:\n(?: {4}- .*\n)+/, ''],
    [/teams:\n(?: {2}- .*\n)+/, ''],
    ['notifications: true', 'notifications: false'],
    [/requestsPerSecond: \d+/, 'requestsPerSecond: 1000'],
  ];
  return await tenantFiles(folder, 'idle', count, (number) => [
    ...edits,
    ['tenant: contoso', `tenant: ${nameOfIdle(number)}`],
  ]);
}

async function busyFiles(folder: string, companies: readonly Sandbox[]): Promise<string[]> {
  return await tenantFiles(folder, 'busy', companies.length, (number) => [
    ...withoutLimits,
    ['tenant: contoso', `tenant: busy-${number}`],
    [/env:(TENANT_CONTOSO|TIMELY)_/, `env:BUSY${number}_`],
    ['notifications: true', 'notifications: false'],
  ]);
}

async function tenantFiles(
  folder: string,
  kind: string,
  count: number,
  edits: (number: number) => TenantFileEdit[],
) {
  const numbers = Array.from({ length: count }, (_, number) => number);
  return await Promise.all(
    numbers.map((number) => writeTenantFile(folder, edits(number), { name: `${kind}-${number}.yaml` })),
  );
}

/** Starts some tenants at a time, and waits for their first cycles before the next ones. */
async function startInTurn(client: Client, files: readonly string[], kind: string): Promise<void> {
  for (let ended = 0; ended < files.length; ended += startedInTurn)
    await firstCyclesOf(client, files.slice(ended, ended + startedInTurn), kind, ended);
}

/** Starts tenants and waits until the first cycle of each has ended; `endedBefore` of the same kind had theirs earlier. */
async function firstCyclesOf(
  client: Client,
  files: readonly string[],
  kind: string,
  endedBefore = 0,
): Promise<void> {
  const limit = pLimit(startedAtOnce);
  await Promise.all(
    files.map((file) => limit(async () => startTenant(client, await readTenantFile(file), { run: true }))),
  );
  while ((await cyclesEnded(client, kind)) < endedBefore + files.length) await sleep(pollEveryMs);
}

/** By Temporal's list: to ask the worker for its tenants would be part of its load. */
async function cyclesEnded(client: Client, kind: string): Promise<number> {
  const { count } = await client.workflow.count(
    `WorkflowType = "tenantSync" and SyncStage = "waiting" and SyncTenant STARTS_WITH "${kind}-"`,
  );
  return count;
}

/** Measures processor and memory of the worker while all tenants wait. */
async function watchWaiting(worker: number): Promise<void> {
  await sleep(collectedAfterMs);
  const before = await cpuSeconds(worker);
  await sleep(watchForMs);
  const percent = (((await cpuSeconds(worker)) - before) * 100_000) / watchForMs;
  judge({
    name: 'processor while all wait',
    value: percent,
    unit: ' % of a core',
    atMost: idleCorePercentMax,
  });
  judge({ name: "worker's memory", value: await memory(worker), unit: ' MiB', atMost: idleMiBMax });
}

/** Returns milliseconds from a nudge to the end of its cycle, for tenants spread over all of them. */
async function nudgeSome(client: Client, idle: number, nudges: number): Promise<number[]> {
  const waits: number[] = [];
  for (let count = 0; count < nudges; count += 1) {
    const handle = client.workflow.getHandle(
      tenantWorkflowId(nameOfIdle(Math.floor((count * idle) / nudges))),
    );
    const { cycle } = await handle.query(statusQuery);
    const startedAt = Date.now();
    await handle.signal(nudgeSignal, {});
    await cycleEnded(client, handle.workflowId, cycle);
    waits.push(Date.now() - startedAt);
  }
  return waits;
}

/** Waits until a cycle after `before` has ended and the loop waits again. */
async function cycleEnded(client: Client, workflowId: string, before: number): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  for (;;) {
    const { stage, finishedCycle } = await handle.query(statusQuery);
    if (stage === 'waiting' && finishedCycle > before) return;
    await sleep(20);
  }
}

/** Starts all busy tenants at once and prints people per second, by the ledgers of their Timely accounts. */
async function measureBusy(
  client: Client,
  files: readonly string[],
  companies: readonly Sandbox[],
): Promise<void> {
  const startedAt = Date.now();
  await firstCyclesOf(client, files, 'busy');
  const allEndedAfter = secondsSince(startedAt);
  const writes = companies.flatMap(({ timely }) => timely.ledger.writes());
  const people = writes.filter(({ operation }) => operation === 'users.invite').length;
  const last = Math.max(...writes.map(({ at }) => Date.parse(at)));
  console.log(
    `${files.length} busy tenants at once: ${people} people in ${((last - startedAt) / 1000).toFixed(1)} s; the last cycle ended after ${allEndedAfter} s`,
  );
  judge({
    name: 'people a second',
    value: (people * 1000) / (last - startedAt),
    unit: '',
    atLeast: busyPeoplePerSecondMin,
  });
}
