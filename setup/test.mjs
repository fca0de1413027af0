/** `npm test`: runs set-up, types, lint and format, then all tests, or those of the given paths. */
import { run } from './run.mjs';
import { explain } from './setup-error.mjs';

await run(async () => {
  const { prepare } = await import('./prepare.mjs');
  const { findTemporalCli } = await import('./temporal/temporal-cli.mjs');
  const { runChecks } = await import('./checks.mjs');
  let outcome = { passed: 0, failed: 1 };
  try {
    await prepare();
    outcome = await runChecks(await findTemporalCli(), process.argv.slice(2));
  } catch (error) {
    console.error(explain(error));
  }
  process.exitCode = outcome.failed === 0 ? 0 : 1;
  console.log(`${outcome.passed} passed, ${outcome.failed} failed`);
});
