#!/usr/bin/env node
/** The command `timely-sync`. In a checkout it first sets itself up when something is missing or stale. */
import { run } from '../setup/run.mjs';

await run(async () => {
  const { existsSync } = await import('node:fs');
  const { prepare } = await import('../setup/prepare.mjs');
  const { inProject } = await import('../setup/project.mjs');
  // The container image has only the built program, and no sources.
  if (existsSync(inProject('tsconfig.build.json'))) await prepare();
  process.argv[1] = inProject('dist', 'program', 'timely-sync.js');
  await import('../dist/program/timely-sync.js');
});
