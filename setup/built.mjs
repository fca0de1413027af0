/** The built program in dist/: whether it is current, and how to build it. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './programs.mjs';
import { inProject, say, sayWhile } from './project.mjs';
import { SetupError, sentenceFor } from './setup-error.mjs';

const stampFile = inProject('dist', '.built-from');

/** Returns whether dist/ was built completely from the current sources. */
export function programIsBuilt() {
  try {
    return readFileSync(stampFile, 'utf8') === digestOfSources();
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Builds dist/: the compiled program with its migrations; and its bundles, which save each process seconds at its start: of
 * the workflows, and in dist/program/ of all else.
 */
export async function buildProgram() {
  await sayWhile('Building…', buildSteps);
}

async function buildSteps() {
  const digest = digestOfSources();
  rmSync(inProject('dist'), { recursive: true, force: true });
  await step('the compiler', inProject('node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json']);
  cpSync(inProject('store', 'migrations'), inProject('dist', 'store', 'migrations'), { recursive: true });
  await step('the bundler', process.execPath, [inProject('setup', 'bundle-program.mjs')]);
  await step('the workflow bundler', process.execPath, [inProject('setup', 'bundle-workflows.mjs')]);
  writeFileSync(stampFile, digest);
}

/**
 * @param {string} name the step's name in the error
 * @param {string} command
 * @param {string[]} args
 */
async function step(name, command, args) {
  const { code, output } = await runQuietly(command, args);
  if (code === 0) return;
  // tsc ends with 1 also when it cannot write a file, so its output decides.
  const sentence = sentenceFor(output);
  if (sentence !== null) throw new SetupError(sentence);
  say(output.trimEnd());
  throw new SetupError(`The build failed: fix what ${name} reports above and run the command again.`);
}

/** Returns the digest of all files that dist/ is made from. */
function digestOfSources() {
  const hash = createHash('sha256');
  const { include } = JSON.parse(readFileSync(inProject('tsconfig.build.json'), 'utf8'));
  const files = [
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    join('setup', 'bundle-program.mjs'),
    join('setup', 'bundle-workflows.mjs'),
  ];
  for (const folder of include) if (existsSync(inProject(folder))) files.push(...filesBelow(folder));
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(inProject(file)))
      .update('\0');
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @returns {string[]} in a fixed order
 */
function filesBelow(folder) {
  return readdirSync(inProject(folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}
