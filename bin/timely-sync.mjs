#!/usr/bin/env node
/** The command `timely-sync`. In a checkout it first sets itself up when something is missing or stale. */
import { run } from '../setup/run.mjs';

await run(async () => {
  const { existsSync } = await import('node:fs');
  const { inProject } = await import('../setup/project.mjs');
  // An installed package has the built program, without the sources and what builds them.
  if (existsSync(inProject('tsconfig.build.json'))) await (await import('../setup/prepare.mjs')).prepare();
  process.argv[1] = inProject('dist', 'program', 'timely-sync.js');
  await import('../dist/program/timely-sync.js');
});
