import { buildProgram, programIsBuilt } from './built.mjs';
import { dependenciesAreInstalled, installDependencies, repairPostgresLinks } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { inProject } from './project.mjs';

/** Makes the checkout ready to run: dependencies and dist/. A ready checkout takes well under half a second. */
export async function prepare() {
  if (isReady()) return;
  await withLock(inProject('.cache', 'setup.lock'), async () => {
    await prepareDependencies();
    if (!programIsBuilt()) await buildProgram();
  });
}

const isReady = () => dependenciesAreInstalled() && programIsBuilt();

async function prepareDependencies() {
  if (!dependenciesAreInstalled()) await installDependencies();
  repairPostgresLinks();
}
