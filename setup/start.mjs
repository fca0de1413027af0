/** `npm start`: the whole sync on this machine, beside a simulated Microsoft and Timely. Arguments go to `timely-sync up`. */
import { run } from './run.mjs';

await run(async () => {
  const { prepare } = await import('./prepare.mjs');
  const { findTemporalCli } = await import('./temporal-cli.mjs');
  const { inProject } = await import('./project.mjs');
  await prepare();
  process.env.TEMPORAL_CLI_PATH = await findTemporalCli();
  process.argv.splice(1, 1, inProject('dist', 'client', 'main.js'), 'up', '--sandbox');
  // In this process: a Ctrl-C reaches it and its exit code is ours without anything in between.
  await import('../dist/client/main.js');
});
