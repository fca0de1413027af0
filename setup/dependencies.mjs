/** The installed packages: whether they match the lock file, and how to install them. */
import { readFileSync } from 'node:fs';
import { runQuietly } from './programs.mjs';
import { inProject, sayWhile } from './project.mjs';
import { SetupError, sentenceFor } from './setup-error.mjs';

/** Returns whether node_modules matches package-lock.json. npm records in node_modules what it installed. */
export function dependenciesAreInstalled() {
  const wanted = readPackages(inProject('package-lock.json'));
  const installed = readPackages(inProject('node_modules', '.package-lock.json'));
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const there = installed[path];
    // npm leaves out optional packages for other platforms.
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
 * Installs the packages of the lock file and does not change it. Not by `npm ci`, which refuses a lock file without the
 * packages for other platforms. npm writes such a file where a registry does not have them all.
 */
export async function installDependencies() {
  // Without its own log level, npm would inherit `--silent` from an outer npm and not explain a failure.
  const options = ['--no-save', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error'];
  const { code, output } = await sayWhile(
    'Installing the dependencies (a minute or two the first time)…',
    () => runQuietly('npm', ['install', ...options]),
  );
  if (code === 0) return;
  if (code === null)
    throw new SetupError('npm cannot be run: it comes with Node, so install Node from nodejs.org again.');
  const reason = output
    .split('\n')
    .find((line) => /^npm (error|ERR!) (?!code|errno|syscall|path)/.test(line));
  throw new SetupError(
    sentenceFor(output) ??
      `npm could not install the dependencies (${reason ?? `exit code ${code}`}): run "npm install" to see its full output.`,
  );
}
