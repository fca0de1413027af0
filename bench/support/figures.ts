/** What benchmarks make of what they have measured. */
import { cpus } from 'node:os';

/**
 * Two things measured in one run, one divided by the other; it means the same on every machine, so it can be compared
 * with the one in the repository (`bench/ratios.json`).
 */
export interface Ratio {
  name: string;
  value: number;
  better: 'lower' | 'higher';
}

export const machine = `${cpus().length} cores, Node ${process.versions.node}`;

/** The smallest that so many percent do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil((sorted.length * percent) / 100) - 1, 0)] ?? Number.NaN;
}

/** A limit with what was measured, and whether it was kept. */
export interface FigureLimit {
  name: string;
  value: number;
  unit: string;
  atMost?: number;
  atLeast?: number;
}

/** Prints a limit, and says to whoever called the command when it was not kept. */
export function judge({ name, value, unit, atMost, atLeast }: FigureLimit): void {
  const isKept = (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
  const limit = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  console.log(`${isKept ? 'kept  ' : 'BROKEN'} ${name}: ${shown(value)}${unit} (${limit}${unit})`);
  if (!isKept) process.exitCode = 1;
}

const shown = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(2));
