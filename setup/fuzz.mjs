/** `npm run fuzz -- --inputs 100000 --seed 7`: runs the tests of bad input (test/fuzz/) with more inputs and a new seed. */
import { parseArgs } from 'node:util';
import { run } from './run.mjs';

await run(async () => {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    },
  });
  if (!/^[1-9]\d{0,8}$/.test(values.inputs))
    throw new Error('--inputs must be a number from 1 to 999999999, such as 100000.');
  const { prepare } = await import('./prepare.mjs');
  const { findTemporalCli } = await import('./temporal/temporal-cli.mjs');
  const { runChecks } = await import('./checks.mjs');
  const { say } = await import('./project.mjs');
  await prepare();
  // Only tests read these; they are not settings of the product.
  Object.assign(process.env, { FUZZ_INPUTS: values.inputs, PROPERTY_SEED: values.seed });
  say(`> ${values.inputs} inputs, --seed ${values.seed}`);
  const { failed } = await runChecks(await findTemporalCli(), ['test/fuzz', '--testTimeout=86400000']);
  process.exitCode = failed === 0 ? 0 : 1;
});
