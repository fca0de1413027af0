/** `npm run bench [-- NAME [options]]`: one benchmark by its name, or all of them one after the other. */
import { benchFirstCycle } from './first-cycle.ts';
import { benchLeaverAtScale } from './leaver-at-scale.ts';
import { benchNotifications } from './notifications.ts';
import { benchPlanAndGate } from './plan-and-gate.ts';
import { benchRate } from './rate.ts';
import { benchScale } from './scale.ts';

const benchmarks: Record<string, (options: string[]) => Promise<void>> = {
  'first-cycle': benchFirstCycle,
  'leaver-at-scale': benchLeaverAtScale,
  notifications: benchNotifications,
  'plan-and-gate': benchPlanAndGate,
  rate: benchRate,
  scale: benchScale,
};

const [name = '', ...options] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (benchmark) {
  await benchmark(options);
} else if (name === '' || name.startsWith('--')) {
  for (const each of Object.values(benchmarks)) await each([]);
} else {
  console.error(`There is no benchmark "${name}". There are: ${Object.keys(benchmarks).join(', ')}.`);
  process.exitCode = 2;
}
