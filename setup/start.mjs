/** `npm start`: the whole sync on this machine, beside a simulated Microsoft and Timely. Arguments go to `timely-sync up`. */
import { run } from './run.mjs';

const lookForParentEveryMs = 500;

await run(async () => {
  const { prepare } = await import('./prepare.mjs');
  const { findTemporalCli } = await import('./temporal-cli.mjs');
  const { inProject } = await import('./project.mjs');
  await prepare();
  process.env.TEMPORAL_CLI_PATH = await findTemporalCli();
  process.argv.splice(1, 1, inProject('dist', 'client', 'main.js'), 'up', '--sandbox');
  if (process.env.npm_lifecycle_event) stopWithParent();
  // In this process: a Ctrl-C reaches it and its exit code is ours without anything in between.
  await import('../dist/client/main.js');
});

/** npm that is killed, and a shell of npm's that ends of a signal, tell nobody: without our parent we end as if told to. */
function stopWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, lookForParentEveryMs);
  watch.unref();
}
