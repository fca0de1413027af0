/** After `npm pack`: removes its lock file, which npm would otherwise use here in place of package-lock.json. */
import { rmSync } from 'node:fs';
import { inProject } from './project.mjs';

rmSync(inProject('npm-shrinkwrap.json'), { force: true });
