/** The ratios in the repository, and how this run's stand beside them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { projectFolder } from '../../client/local/project-folder.ts';
import type { Ratio } from './figures.ts';

const file = join(projectFolder(), 'bench', 'ratios.json');
const known = z.record(z.string(), z.number());
/** So much worse than the one in the repository fails. */
const worseMax = 1.2;

const readKnown = async () => known.parse(JSON.parse(await readFile(file, 'utf8')));

/** Prints each ratio beside the one in the repository; the command fails when one is worse by more than a fifth. */
export async function compareRatios(measured: readonly Ratio[]): Promise<void> {
  const before = await readKnown();
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

/** Puts this run's ratios into the repository's file, beside those it did not measure. */
export async function keepRatios(measured: readonly Ratio[]): Promise<void> {
  const ratios = { ...(await readKnown()) };
  for (const { name, value } of measured) ratios[name] = Math.round(value * 100) / 100;
  const sorted = Object.fromEntries(Object.entries(ratios).sort(([one], [other]) => (one < other ? -1 : 1)));
  await writeFile(file, `${JSON.stringify(sorted, null, 2)}\n`);
}
