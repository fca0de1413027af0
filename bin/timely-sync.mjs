#!/usr/bin/env node
/** The command `timely-sync`: from a checkout it sets itself up first when something is missing or stale. */
import { run } from '../setup/run.mjs';

await run(async () => {
  const { existsSync } = await import('node:fs');
  const { prepare } = await import('../setup/prepare.mjs');
  const { inProject } = await import('../setup/project.mjs');
  // Where only the built program was shipped (the container image), there is nothing to build it from.
  if (existsSync(inProject('tsconfig.build.json'))) await prepare();
  process.argv[1] = inProject('dist', 'client', 'main.js');
  await import('../dist/client/main.js');
});
