/** `npm run bench`: the benchmarks, after the same set-up as everything else. Arguments go to them. */
import { run } from './run.mjs';

await run(async () => {
  const { prepare } = await import('./prepare.mjs');
  const { findTemporalCli } = await import('./temporal-cli.mjs');
  const { inProject } = await import('./project.mjs');
  await prepare();
  process.env.TEMPORAL_CLI_PATH = await findTemporalCli();
  process.argv[1] = inProject('dist', 'bench', 'main.js');
  await import('../dist/bench/main.js');
});
