/** What benchmarks print of their measurements, and the ratios in the repository. */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { projectFolder } from '../../client/local/project-folder.ts';

/**
 * Two measurements of one run, one divided by the other. A ratio means the same on every machine, so a run can be
 * compared with `bench/ratios.json`.
 */
export interface Ratio {
  name: string;
  value: number;
  better: 'lower' | 'higher';
}

export const machine = `${cpus().length} cores, Node ${process.versions.node}`;

/** Returns the smallest value that `percent` of all values do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil((sorted.length * percent) / 100) - 1, 0)] ?? Number.NaN;
}

/** A measured value and its limit. */
export interface FigureLimit {
  name: string;
  value: number;
  unit: string;
  atMost?: number;
  atLeast?: number;
}

/** Prints a value beside its limit. The command fails when the limit is broken. */
export function judge({ name, value, unit, atMost, atLeast }: FigureLimit): void {
  const isKept = (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
  const limit = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  console.log(`${isKept ? 'kept  ' : 'BROKEN'} ${name}: ${shown(value)}${unit} (${limit}${unit})`);
  if (!isKept) process.exitCode = 1;
}

const shown = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(2));

const ratiosFile = join(projectFolder(), 'bench', 'ratios.json');
const storedRatios = z.record(z.string(), z.number());
/** How many times worse than the stored ratio a ratio may be. */
const worseMax = 1.2;

const readRatios = async () => storedRatios.parse(JSON.parse(await readFile(ratiosFile, 'utf8')));

/** Prints each ratio beside the stored one. The command fails when one is worse by more than a fifth. */
export async function compareRatios(measured: readonly Ratio[]): Promise<void> {
  const before = await readRatios();
  for (const { name, value, better } of measured) {
    const old = before[name];
    if (old === undefined) {
      console.log(`new    ${name}: ${value.toFixed(2)}`);
      continue;
    }
    const isWorse = (better === 'lower' ? value / old : old / value) > worseMax;
    if (isWorse) process.exitCode = 1;
    console.log(`${isWorse ? 'WORSE ' : 'kept  '} ${name}: ${value.toFixed(2)}, was ${old.toFixed(2)}`);
  }
}

/** Writes this run's ratios to `bench/ratios.json`, and keeps those that it did not measure. */
export async function keepRatios(measured: readonly Ratio[]): Promise<void> {
  const ratios = { ...(await readRatios()) };
  for (const { name, value } of measured) ratios[name] = Math.round(value * 100) / 100;
  const sorted = Object.fromEntries(Object.entries(ratios).sort(([one], [other]) => (one < other ? -1 : 1)));
  await writeFile(ratiosFile, `${JSON.stringify(sorted, null, 2)}\n`);
}
