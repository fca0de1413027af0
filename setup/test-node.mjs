/** `npm run test:node -- 22`: runs the tests of the rules and one cycle of the sandbox under another Node, from npm's package `node`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

/** One cycle of the sandbox ends with 3, because its company has changes that wait for a person. */
const heldChanges = 3;

await run(async () => {
  const { runInTerminal } = await import('./programs.mjs');
  const { prepare } = await import('./prepare.mjs');
  const { inProject, say } = await import('./project.mjs');
  const { SetupError } = await import('./setup-error.mjs');
  const [version = ''] = process.argv.slice(2);
  if (!/^\d+(\.\d+){0,2}$/.test(version))
    throw new SetupError('Name a version of Node, such as "npm run test:node -- 22".');

  /** @param {string[]} args */
  const runNode = (...args) =>
    runInTerminal('npm', ['exec', '--yes', '--package', `node@${version}`, '--', 'node', ...args]);

  if ((await runNode('--version')) !== 0)
    throw new SetupError(`Node ${version} cannot be had from npm's package "node": see what npm says above.`);
  await prepare();
  const jest = inProject('node_modules', 'jest', 'bin', 'jest.js');
  // The rules, which need no server.
  const tests = await runNode(jest, '--globalSetup=', '--globalTeardown=', 'test/domain');
  const data = mkdtempSync(join(tmpdir(), 'timely-sync-node-'));
  try {
    const cycle = await runNode(inProject('setup', 'start.mjs'), '--once', '--data', data);
    say(`Node ${version}: the tests of the rules ended with ${tests}, a cycle of the sandbox with ${cycle}.`);
    process.exitCode = tests === 0 && cycle === heldChanges ? 0 : 1;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
