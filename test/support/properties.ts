/**
 * Property tests use a fixed seed, so that CI does not depend on chance. `PROPERTY_SEED=random npm test` tries others. A
 * failure prints its seed.
 */
import fc from 'fast-check';

const seed = process.env.PROPERTY_SEED ?? '20261124';
if (seed !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
