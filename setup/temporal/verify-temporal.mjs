/**
 * `npm run verify:temporal`: proves that the pinned programs are those of Temporal's own release. Takes the archives and the file
 * of checksums from the release's page, compares them, and compares the program in each archive with its pin.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../run.mjs';

/** Names of the release's platforms, by Node's. */
const platforms = {
  'linux-x64': 'linux_amd64',
  'linux-arm64': 'linux_arm64',
  'darwin-arm64': 'darwin_arm64',
  'darwin-x64': 'darwin_amd64',
};

await run(async () => {
  const { programDigests, fetchedVersion } = await import('./temporal-sources.mjs');
  const [release = `https://github.com/temporalio/cli/releases/download/v${fetchedVersion}`] =
    process.argv.slice(2);
  const checksums = (await download(`${release}/checksums.txt`)).toString('utf8');
  for (const [platform, digest] of Object.entries(programDigests)) {
    const name = `temporal_cli_${fetchedVersion}_${platforms[platform]}.tar.gz`;
    const problem = await problemOf(await download(`${release}/${name}`), { name, checksums, digest });
    if (problem !== null) process.exitCode = 1;
    console.log(`${platform}: ${problem ?? `the pin is the program in Temporal's ${name}`}`);
  }
});

/**
 * @param {string} address
 * @throws SetupError when it cannot be had
 */
async function download(address) {
  const response = await fetch(address).catch(() => null);
  if (response?.ok) return Buffer.from(await response.arrayBuffer());
  const { SetupError } = await import('../setup-error.mjs');
  throw new SetupError(`${address} cannot be had (${response?.status ?? 'no answer'}): nothing is proven.`);
}

/** @param {Buffer} content */
function digestOf(content) {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Returns why an archive does not prove a pin, or null.
 * @param {Buffer} archive
 * @param {{name: string, checksums: string, digest: string}} expected
 */
async function problemOf(archive, { name, checksums, digest }) {
  if (!checksums.split('\n').includes(`${digestOf(archive)}  ${name}`))
    return `the release's checksums.txt does not name this ${name}`;
  const program = await programOf(archive);
  if (program === null) return `there is no program "temporal" in ${name}`;
  return digestOf(program) === digest ? null : `the program in ${name} is not the pinned one`;
}

/** @param {Buffer} archive */
async function programOf(archive) {
  const { execFile } = await import('node:child_process');
  const folder = mkdtempSync(join(tmpdir(), 'timely-sync-verify-'));
  try {
    const file = join(folder, 'archive.tar.gz');
    writeFileSync(file, archive);
    const options = { encoding: 'buffer', maxBuffer: 1_000_000_000 };
    return await new Promise((resolve) => {
      execFile('tar', ['-xzOf', file, 'temporal'], options, (error, out) => resolve(error ? null : out));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
