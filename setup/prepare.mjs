import { buildProgram, programIsBuilt } from './built.mjs';
import { dependenciesAreInstalled, installDependencies } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { inProject } from './project.mjs';

/** Makes the checkout ready to run: dependencies and dist/. A ready checkout takes well under half a second. */
export async function prepare() {
  if (isReady()) return;
  await withLock(inProject('.cache', 'setup.lock'), async () => {
    if (!dependenciesAreInstalled()) await installDependencies();
    if (!programIsBuilt()) await buildProgram();
  });
}

const isReady = () => dependenciesAreInstalled() && programIsBuilt();
