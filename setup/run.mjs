/**
 * How every script of set-up starts. This file and what it imports keep to syntax that old versions of Node can read, so
 * that the wrong Node gets a sentence; everything else is loaded afterwards.
 */
import { explain } from './setup-error.mjs';

const oldestNode = [20, 19];

/**
 * Runs a script; what it cannot do ends with one sentence on standard error and exit code 1, never with a stack trace.
 * @param {() => Promise<void>} main sets `process.exitCode` when it ends other than well
 */
export async function run(main) {
  const unfit = whyUnfit(process.versions.node, process.platform);
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
 * Why this machine cannot run the project, or null.
 * @param {string} nodeVersion
 * @param {string} platform
 * @returns {string | null}
 */
function whyUnfit(nodeVersion, platform) {
  const [major, minor] = nodeVersion.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    return `This needs Node ${oldestNode.join('.')} or newer and was started with ${nodeVersion}: install a newer one from nodejs.org.`;
  }
  if (platform === 'win32')
    return 'This does not run on Windows itself: use the Windows Subsystem for Linux.';
  return null;
}
