/** `npm start`: runs the whole sync on this machine with simulated Microsoft and Timely. Arguments go to `timely-sync up`. */
import { run } from './run.mjs';

const checkParentEveryMs = 500;

await run(async () => {
  const { prepare } = await import('./prepare.mjs');
  const { findTemporalCli } = await import('./temporal/temporal-cli.mjs');
  const { inProject } = await import('./project.mjs');
  await prepare();
  process.env.TEMPORAL_CLI_PATH = await findTemporalCli();
  process.argv.splice(1, 1, inProject('dist', 'program', 'timely-sync.js'), 'up', '--sandbox');
  if (process.env.npm_lifecycle_event) stopWithParent();
  // Runs in this process, so that Ctrl-C reaches it and its exit code is this one's.
  await import('../dist/program/timely-sync.js');
});

/** Stops when the parent ends, because a killed npm or its shell passes no signal on. */
function stopWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, checkParentEveryMs);
  watch.unref();
}
