/** Memory and processor time of the product's processes, from Linux's /proc. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const pollEveryMs = 50;
const upRecord = z.object({ processes: z.array(z.object({ name: z.string(), pid: z.number() })) });

const started = async (folder: string) =>
  upRecord.parse(JSON.parse(await readFile(join(folder, 'up.json'), 'utf8'))).processes;

/** Returns the process id of the worker that the stack started last. */
export async function workerPid(folder: string): Promise<number> {
  const worker = (await started(folder)).findLast(({ name }) => name === 'The worker');
  if (!worker) throw new Error('The stack has started no worker.');
  return worker.pid;
}

/** Returns the peak memory of a process so far, in MiB. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

/** Returns the memory of a process now, in MiB. */
export async function memory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

/**
 * Returns a sentence with the memory of each process of the stack, in MiB. PostgreSQL's processes share most of their
 * memory, so each counts its proportional share (proc(5), `Pss`).
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

/** Returns no children for a process that has ended. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

async function ownMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024;
}

/** Returns the processor time of a process so far, in seconds of one core. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // User and system time are the 14th and 15th value, in hundredths (proc(5)). The name before them may hold blanks.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? 0) + (system ?? 0)) / 100;
}

export interface MemoryWatch {
  /** Returns the peak until a moment (milliseconds since 1970), in MiB. */
  peakUntil(moment: number): number;
  stop(): Promise<void>;
}

/** Samples the peak of a process until `stop`. */
export function watchMemory(pid: number): MemoryWatch {
  const seen: { at: number; peak: number }[] = [];
  const stopped = new AbortController();
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      // A process that has ended has no status.
      const peak = await peakMemory(pid).catch(() => null);
      if (peak === null) return;
      seen.push({ at: Date.now(), peak });
      await sleep(pollEveryMs);
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
