/**
 * The start of every set-up script. This file and its imports use only syntax that old versions of Node can read, so that a
 * wrong Node gets a sentence. Everything else is loaded afterwards.
 */
import { explain } from './setup-error.mjs';

const oldestNode = [20, 19];

/**
 * Runs a script. A failure ends it with one sentence on standard error and exit code 1, without a stack trace.
 * @param {() => Promise<void>} main sets `process.exitCode` when it fails otherwise
 */
export async function run(main) {
  const unfit = unfitReason(process.versions.node, process.platform);
  if (unfit !== null) {
    console.error(unfit);
    process.exitCode = 1;
    return;
  }
  try {
    await main();
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

/**
 * Returns why this machine cannot run the project, or null.
 * @param {string} nodeVersion
 * @param {string} platform
 * @returns {string | null}
 */
function unfitReason(nodeVersion, platform) {
  const [major, minor] = nodeVersion.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    return `This needs Node ${oldestNode.join('.')} or newer and was started with ${nodeVersion}: install a newer one from nodejs.org.`;
  }
  if (platform === 'win32')
    return 'This does not run on Windows itself: use the Windows Subsystem for Linux.';
  return null;
}
