/**
 * `npm run bench [-- NAME [options]]` runs one benchmark by its name, or all of them in turn. `--compare` fails when a ratio
 * is a fifth worse than in `bench/ratios.json`. `--keep` writes the ratios there.
 */
import { benchCommands } from './commands.ts';
import { benchConsole } from './console/console.ts';
import { benchFirstCycle } from './first-cycle.ts';
import { benchIdleCost } from './idle-cost.ts';
import { benchManyTenants } from './many-tenants.ts';
import { benchNotifications } from './notifications.ts';
import { benchOkta } from './okta.ts';
import { benchPlanAndGate } from './plan/plan-and-gate.ts';
import { benchRate } from './rate.ts';
import { benchSap } from './sap.ts';
import { benchLeaverAtScale } from './scale/leaver-at-scale.ts';
import { benchScale } from './scale/scale.ts';
import { compareRatios, keepRatios, type Ratio } from './support/figures.ts';

// biome-ignore lint/suspicious/noConfusingVoidType: most benchmarks return no ratio.
const benchmarks: Record<string, (options: string[]) => Promise<Ratio[] | void>> = {
  commands: benchCommands,
  console: benchConsole,
  'first-cycle': benchFirstCycle,
  'idle-cost': benchIdleCost,
  'leaver-at-scale': benchLeaverAtScale,
  'many-tenants': benchManyTenants,
  notifications: benchNotifications,
  okta: benchOkta,
  'plan-and-gate': benchPlanAndGate,
  rate: benchRate,
  sap: benchSap,
  scale: benchScale,
};

const given = process.argv.slice(2);
const options = given.filter((option) => !['--compare', '--keep'].includes(option));
const name = options[0]?.startsWith('--') ? undefined : options.shift();

if (name !== undefined && !benchmarks[name]) {
  console.error(`"${name}" is not a benchmark. Choose one of: ${Object.keys(benchmarks).join(', ')}.`);
  process.exitCode = 2;
} else {
  const ratios: Ratio[] = [];
  for (const [each, bench] of Object.entries(benchmarks))
    if (name === undefined || name === each) ratios.push(...((await bench(options)) ?? []));
  if (given.includes('--compare')) await compareRatios(ratios);
  if (given.includes('--keep')) await keepRatios(ratios);
}
