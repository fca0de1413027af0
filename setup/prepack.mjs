/**
 * `npm pack`: builds the program, and writes the versions and checksums of its packages into npm-shrinkwrap.json, the only lock
 * file that npm puts into a package. Whoever installs it gets exactly the packages that were tested.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { run } from './run.mjs';

await run(async () => {
  const { prepare } = await import('./prepare.mjs');
  const { inProject } = await import('./project.mjs');
  await prepare();
  const lock = JSON.parse(readFileSync(inProject('package-lock.json'), 'utf8'));
  const { devDependencies: _unused, ...root } = lock.packages[''];
  const used = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !entry.dev);
  const shrinkwrap = { ...lock, packages: { '': root, ...Object.fromEntries(used) } };
  writeFileSync(inProject('npm-shrinkwrap.json'), `${JSON.stringify(shrinkwrap, null, 2)}\n`);
});
