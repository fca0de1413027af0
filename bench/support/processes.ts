/** What the product's processes take of the machine, seen from outside by what Linux tells of a process. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const lookAgainAfterMs = 50;
const upRecord = z.object({ processes: z.array(z.object({ name: z.string(), pid: z.number() })) });

const started = async (folder: string) =>
  upRecord.parse(JSON.parse(await readFile(join(folder, 'up.json'), 'utf8'))).processes;

/** The worker that the stack started last. */
export async function workerPid(folder: string): Promise<number> {
  const worker = (await started(folder)).findLast(({ name }) => name === 'The worker');
  if (!worker) throw new Error('No worker was started.');
  return worker.pid;
}

/** The most memory that a process has had at once so far, in MiB. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

/** The memory that a process has now, in MiB. */
export async function memory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

/**
 * The memory that each process of the stack has now, in MiB and in words. PostgreSQL has a process for each connection, which
 * share most of theirs: each counts with its part of what it shares (proc(5), `Pss`).
 */
export async function memoryOfAll(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const { name, pid } of await started(folder)) {
    const parts = await Promise.all([pid, ...(await childrenOf(pid))].map(ownMemory));
    const whole = parts.reduce((sum, part) => sum + part, 0);
    if (whole > 0) lines.push(`${name} ${whole.toFixed(0)} MiB`);
  }
  return lines.join(', ');
}

/** Of a process that is gone: none. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

async function ownMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024;
}

/** Seconds of a core that a process has taken so far. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold anything: user and system time are the 14th and 15th value, in hundredths (proc(5)).
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? 0) + (system ?? 0)) / 100;
}

export interface MemoryWatch {
  /** The most until a moment (milliseconds since 1970), in MiB. */
  peakUntil(moment: number): number;
  stop(): Promise<void>;
}

/** Keeps looking at a process's peak until it is told to stop. */
export function watchMemory(pid: number): MemoryWatch {
  const seen: { at: number; peak: number }[] = [];
  const stopped = new AbortController();
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      // A process that is gone has nothing more to tell.
      const peak = await peakMemory(pid).catch(() => null);
      if (peak === null) return;
      seen.push({ at: Date.now(), peak });
      await sleep(lookAgainAfterMs);
    }
  })();
  return {
    peakUntil: (moment) => seen.findLast(({ at }) => at <= moment)?.peak ?? Number.NaN,
    async stop() {
      stopped.abort();
      await watching;
    },
  };
}
