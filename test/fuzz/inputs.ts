/** Shared by the tests of bad input: the number of inputs, their arbitraries, and what counts as a refusal. */
import fc from 'fast-check';
import { SyncError } from '../../domain/errors.ts';
import { hostileTexts } from '../support/texts/hostile-texts.ts';

/** `npm run fuzz -- --inputs N` runs N inputs of each cheap kind, and a share of it for costly kinds. */
const inputs = Number(process.env.FUZZ_INPUTS ?? 200);
export const runs = (share = 1) => ({ numRuns: Math.max(Math.ceil(inputs * share), 1) });

/** Any JSON value; its objects may have the keys that the product reads. */
export const jsonWith = (...keys: string[]): fc.Arbitrary<unknown> => {
  const key = fc.oneof(fc.constantFrom(...keys), fc.string(), fc.constantFrom('__proto__', 'constructor'));
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...hostileTexts),
    fc.string({ minLength: 200, maxLength: 3_000 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
    ),
  }));
  return value;
};

/** Whether it succeeded. @throws anything but a SyncError with a sentence: that would be a crash */
export async function succeededOrRefused(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof SyncError && error.message.includes(' ')) return false;
    throw error;
  }
}
