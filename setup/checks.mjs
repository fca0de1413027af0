import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInTerminal } from './programs.mjs';
import { inProject, say } from './project.mjs';

/**
 * Runs the type-check, the lint with format check, and jest. A failure does not stop the others.
 * @param {string} temporalCli
 * @param {string[]} jestArguments
 * @returns {Promise<{passed: number, failed: number}>} tests; a check that fails counts as one failed
 */
export async function runChecks(temporalCli, jestArguments) {
  const program = (name) => inProject('node_modules', '.bin', name);
  let failedChecks = 0;
  for (const [name, args] of [
    // Two checkers: with more, types that many files share are worked out more often.
    ['tsc', ['--noEmit', '--checkers', '2']],
    ['biome', ['check', '.']],
  ]) {
    say(`> ${name} ${args.join(' ')}`);
    if ((await runInTerminal(program(name), args)) !== 0) failedChecks += 1;
  }
  say('> jest');
  const outcome = { passed: 0, failed: failedChecks };
  for (const args of jestRuns(jestArguments)) {
    const { passed, failed } = await runJest(program('jest'), temporalCli, args);
    outcome.passed += passed;
    outcome.failed += failed;
  }
  return outcome;
}

/** Tests that take too long for `npm test`: `npm run test:long`. */
const longTests = '\\.long\\.test\\.ts$';

/** Tests that measure against the clock. They run alone, after all others of their kind. */
const aloneTests = '\\.alone\\.test\\.ts$';
const aloneLongTests = '\\.alone\\.long\\.test\\.ts$';

/** @param {string[]} jestArguments `--long` for the long tests, with options of jest; else what jest takes; none for all others */
function jestRuns(jestArguments) {
  const [first, ...others] = jestArguments;
  if (first === undefined)
    return [
      ['--testPathIgnorePatterns', aloneTests, longTests],
      ['--runInBand', '--testPathPatterns', aloneTests],
    ];
  if (first !== '--long') return [jestArguments];
  return [
    [...others, '--testPathPatterns', longTests, '--testPathIgnorePatterns', aloneLongTests],
    [...others, '--runInBand', '--testPathPatterns', aloneLongTests],
  ];
}

/**
 * @param {string} jest
 * @param {string} temporalCli
 * @param {string[]} jestArguments
 */
async function runJest(jest, temporalCli, jestArguments) {
  const folder = mkdtempSync(join(tmpdir(), 'timely-sync-jest-'));
  try {
    const resultFile = join(folder, 'results.json');
    const args = ['--json', `--outputFile=${resultFile}`, ...jestArguments];
    const exitCode = await runInTerminal(jest, args, { TEMPORAL_CLI_PATH: temporalCli });
    return countTests(exitCode, resultFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Counts jest's results. A test file that cannot run counts as one failed test, and so does a jest that fails without
 * naming a failure.
 * @param {number} exitCode
 * @param {string} resultFile
 */
function countTests(exitCode, resultFile) {
  let results;
  try {
    results = JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1 };
  }
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return { passed: results.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}
