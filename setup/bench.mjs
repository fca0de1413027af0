/** `npm run bench`: sets the checkout up, then runs the benchmarks with all arguments. */
import { run } from './run.mjs';

await run(async () => {
  const { prepare } = await import('./prepare.mjs');
  const { findTemporalCli } = await import('./temporal/temporal-cli.mjs');
  const { inProject } = await import('./project.mjs');
  await prepare();
  process.env.TEMPORAL_CLI_PATH = await findTemporalCli();
  process.argv[1] = inProject('dist', 'bench', 'main.js');
  await import('../dist/bench/main.js');
});
