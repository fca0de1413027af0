/**
 * Property tests run by one seed, so that what CI says does not hang on chance; `PROPERTY_SEED=random npm test` looks
 * further. A failure says its seed.
 */
import fc from 'fast-check';

const asked = process.env.PROPERTY_SEED ?? '20261124';
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) });
