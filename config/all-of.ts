import { ConfigurationError } from '../domain/errors.ts';

/** All of them, or every refusal at once, so that the operator restarts the workers once. */
export async function allOf<const Values extends readonly unknown[]>(values: Values) {
  const settled = await Promise.allSettled(values);
  const refusals = settled.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  const known = refusals.filter((refusal) => refusal instanceof ConfigurationError);
  if (known.length < 2 || known.length < refusals.length) return await Promise.all(values);
  const problems = [...new Set(known.map(({ message, remedy }) => `${message} ${remedy}`))];
  if (problems.length === 1) throw known[0];
  throw new ConfigurationError(`${problems.length} entries of the tenant file are refused:`, { problems });
}
