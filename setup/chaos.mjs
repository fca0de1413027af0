/**
 * `npm run chaos -- --minutes N --seed S`: random stories for N minutes (test/chaos/). `--kills N`: the kill sweep.
 * `--defects`: planted defects, each of which a story has to find. `--lanes N`: N stories or worlds at a time. `--world N`:
 * one world of the sweep.
 */
import { parseArgs } from 'node:util';
import { run } from './run.mjs';

await run(async () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      kills: { type: 'string' },
      lanes: { type: 'string' },
      world: { type: 'string' },
      defects: { type: 'boolean', default: false },
    },
  });
  const { prepare } = await import('./prepare.mjs');
  const { findTemporalCli } = await import('./temporal-cli.mjs');
  const { runInTerminal } = await import('./programs.mjs');
  const { inProject } = await import('./project.mjs');
  await prepare();
  const file = values.kills ? 'kill-sweep.ts' : values.defects ? 'find-defects.ts' : 'stories-for-minutes.ts';
  const jest = inProject('node_modules', '.bin', 'jest');
  process.exitCode = await runInTerminal(jest, ['--testMatch', `**/test/chaos/${file}`], {
    TEMPORAL_CLI_PATH: await findTemporalCli(),
    CHAOS_MINUTES: values.minutes,
    CHAOS_SEED: values.seed,
    CHAOS_KILLS: values.kills ?? '',
    ...(values.lanes && { CHAOS_LANES: values.lanes }),
    ...(values.world && { CHAOS_WORLD: values.world }),
  });
});
