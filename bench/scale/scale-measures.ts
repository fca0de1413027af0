/** The cost of cycles of one tenant. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { startTenant } from '../../client/remote/begin/start-tenant.ts';
import { waitForCycleReport } from '../../client/remote/cycle-document.ts';
import { followCycle } from '../../client/remote/cycle-report.ts';
import { readTenantFile } from '../../client/tenant-file.ts';
import { nudgeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import { type MemoryWatch, peakMemory, watchMemory, workerPid } from '../support/processes.ts';
import { readLedger } from '../support/stack.ts';

/** The cost of a full cycle. Peaks count from the worker's start. */
export interface FullCycle {
  /** When the directory was read. */
  read: Span;
  readMs: number;
  /** Requests to the directory. */
  readRequests: number;
  readPeakMiB: number;
  planMs: number;
  peakMiB: number;
}

/** Medians of incremental cycles without changes. */
export interface IdleCycles {
  cycleMs: number;
  /** Requests to both sides, and to the directory alone. */
  requests: number;
  ofDirectory: number;
  /** Peak of a worker that ran nothing else. */
  peakMiB: number;
}

export interface TenantFigures {
  first: FullCycle;
  again: FullCycle;
  idle: IdleCycles;
}

export interface Setting {
  /** The stack's data folder. */
  folder: string;
  tenantFile: string;
  /** Number of incremental cycles. */
  cycles: number;
  /** Default: Microsoft. */
  directory?: 'microsoft' | 'okta';
}

/** Milliseconds since 1970. */
export interface Span {
  startedAt: number;
  endedAt: number;
}

/** Starts a tenant, and measures its first full cycle, another one, and incremental cycles by a new worker. */
export async function measureTenant(client: Client, setting: Setting): Promise<TenantFigures> {
  const { folder, tenantFile } = setting;
  const watch = watchMemory(await workerPid(folder));
  const { tenant } = await startTenant(client, await readTenantFile(tenantFile), { run: true });
  const firstCycle = await followCycle(client, tenant, { after: 0 });
  const first = await fullCycle(client, setting, tenant, watch);
  // The cycle after the first one reads the first one's changes again.
  const fullAgain = await nextCycle(client, tenant, firstCycle, { full: true });
  const again = await fullCycle(client, setting, tenant, watch);
  await watch.stop();
  const idle = await idleCycles(client, setting, tenant, fullAgain);
  return { first, again, idle };
}

async function nextCycle(
  client: Client,
  tenant: string,
  after: number,
  wish: { full: boolean },
): Promise<number> {
  await client.workflow.getHandle(tenantWorkflowId(tenant)).signal(nudgeSignal, wish);
  return await followCycle(client, tenant, { after });
}

async function fullCycle(
  client: Client,
  { folder, directory = 'microsoft' }: Setting,
  tenant: string,
  watch: MemoryWatch,
): Promise<FullCycle> {
  const times = await activityTimes(client, tenant);
  const [read, plan, report] = ['readDirectory', 'makePlan', 'finishCycle'].map((name) => times.get(name));
  if (!read || !plan || !report) throw new Error('A full cycle did not finish.');
  return {
    read,
    readMs: lengthOf(read),
    readRequests: await requestsIn(folder, [directory], read),
    readPeakMiB: watch.peakUntil(read.endedAt),
    planMs: lengthOf(plan),
    peakMiB: watch.peakUntil(report.endedAt),
  };
}

async function idleCycles(
  client: Client,
  { folder, cycles, directory = 'microsoft' }: Setting,
  tenant: string,
  after: number,
): Promise<IdleCycles> {
  const worker = await replaceWorker(folder);
  // The first cycle of a worker signs in and fills caches.
  let last = await nextCycle(client, tenant, after, { full: false });
  const all: { cycleMs: number; requests: number; ofDirectory: number }[] = [];
  for (let count = 0; count < cycles; count += 1) {
    last = await nextCycle(client, tenant, last, { full: false });
    const { startedAt, finishedAt } = await waitForCycleReport(client, tenant, last);
    const span = { startedAt: Date.parse(startedAt), endedAt: Date.parse(finishedAt ?? '') };
    all.push({
      cycleMs: lengthOf(span),
      requests: await requestsIn(folder, [directory, 'timely'], span),
      ofDirectory: await requestsIn(folder, [directory], span),
    });
  }
  return {
    cycleMs: median(all.map(({ cycleMs }) => cycleMs)),
    requests: median(all.map(({ requests }) => requests)),
    ofDirectory: median(all.map(({ ofDirectory }) => ofDirectory)),
    peakMiB: await peakMemory(worker),
  };
}

/** Ends the worker and returns the process id of the one that the stack starts in its place. */
async function replaceWorker(folder: string): Promise<number> {
  const old = await workerPid(folder);
  process.kill(old, 'SIGTERM');
  while ((await workerPid(folder)) === old) await sleep(100);
  return await workerPid(folder);
}

async function requestsIn(
  folder: string,
  sides: ('microsoft' | 'okta' | 'timely')[],
  { startedAt, endedAt }: Span,
): Promise<number> {
  const entries = (await Promise.all(sides.map((side) => readLedger(folder, side)))).flat();
  return entries.filter(({ at }) => at >= startedAt && at <= endedAt).length;
}

/** Returns when each activity of a tenant's last cycle ran, by name, from Temporal's history. */
async function activityTimes(client: Client, tenant: string): Promise<Map<string, Span>> {
  const { events } = await client.workflow.getHandle(tenantWorkflowId(tenant)).fetchHistory();
  const names = new Map<string, string>();
  const started = new Map<string, number>();
  const times = new Map<string, Span>();
  for (const event of events ?? []) {
    const { activityTaskScheduledEventAttributes: scheduled, activityTaskStartedEventAttributes: start } =
      event;
    const { activityTaskCompletedEventAttributes: completed } = event;
    if (scheduled) names.set(String(event.eventId), scheduled.activityType?.name ?? '');
    if (start) started.set(String(start.scheduledEventId), millisecondsOf(event.eventTime));
    if (!completed) continue;
    const id = String(completed.scheduledEventId);
    const startedAt = started.get(id) ?? Number.NaN;
    times.set(names.get(id) ?? '', { startedAt, endedAt: millisecondsOf(event.eventTime) });
  }
  return times;
}

/** Converts Temporal's seconds and nanoseconds. */
function millisecondsOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1_000_000;
}

const lengthOf = ({ startedAt, endedAt }: Span) => endedAt - startedAt;

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
