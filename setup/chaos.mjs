/**
 * `npm run chaos -- --minutes N --seed S --directory okta`: random stories for N minutes (test/chaos/), with Entra ID, Okta or
 * SAP (`entra`, `okta`, `sap`). `--kills N`: the kill sweep. `--buttons N`: what operators do in Temporal's UI and by command.
 * `--defects`: planted defects, each of which a story has to find. `--concurrency N`: N stories or worlds at a time. `--world N`: one
 * world of the sweep.
 */
import { parseArgs } from 'node:util';
import { run } from './run.mjs';

await run(async () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      directory: { type: 'string', default: 'entra' },
      kills: { type: 'string' },
      buttons: { type: 'string' },
      concurrency: { type: 'string' },
      world: { type: 'string' },
      defects: { type: 'boolean', default: false },
    },
  });
  const { prepare } = await import('./prepare.mjs');
  const { findTemporalCli } = await import('./temporal/temporal-cli.mjs');
  const { runInTerminal } = await import('./programs.mjs');
  const { inProject } = await import('./project.mjs');
  await prepare();
  const file = fileOf(values);
  const jest = inProject('node_modules', '.bin', 'jest');
  process.exitCode = await runInTerminal(jest, ['--testMatch', `**/test/chaos/${file}`], {
    TEMPORAL_CLI_PATH: await findTemporalCli(),
    CHAOS_MINUTES: values.minutes,
    CHAOS_SEED: values.seed,
    CHAOS_DIRECTORY: values.directory,
    CHAOS_KILLS: values.kills ?? '',
    CHAOS_BUTTONS: values.buttons ?? '',
    ...(values.concurrency && { CHAOS_CONCURRENCY: values.concurrency }),
    ...(values.world && { CHAOS_WORLD: values.world }),
  });
});

function fileOf({ kills, buttons, defects }) {
  if (kills) return 'kill-sweep.ts';
  if (buttons) return 'button-sweep.ts';
  return defects ? 'find-defects.ts' : 'stories-for-minutes.ts';
}
