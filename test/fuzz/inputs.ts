/** What the tests of bad input share: how many inputs, what they are made of, and what counts as a refusal. */
import fc from 'fast-check';
import { SyncError } from '../../domain/errors.ts';

/** `npm run fuzz -- --inputs N` asks for N of each cheap kind; dearer kinds take a share of it. */
const asked = Number(process.env.FUZZ_INPUTS ?? 400);
export const runs = (share = 1) => ({ numRuns: Math.max(Math.ceil(asked * share), 1) });

/** Any JSON value, with the keys that the product reads among those of its objects. */
export const jsonWith = (...keys: string[]): fc.Arbitrary<unknown> => {
  const key = fc.oneof(fc.constantFrom(...keys), fc.string(), fc.constantFrom('__proto__', 'constructor'));
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
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

/** Whether it ended well. @throws what is no refusal of ours: a crash, or a refusal without a sentence. */
export async function answeredOrRefused(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof SyncError && error.message.includes(' ')) return false;
    throw error;
  }
}
