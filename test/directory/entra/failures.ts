import { inspect } from 'node:util';

/** The error that a promise rejects with. @throws when it resolves */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const failed = await promise.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (!failed) throw new Error('It resolved, but an error was expected.');
  return failed.error;
}

/** Everything that an error may show: message, stack, fields, causes. */
export function failureText(error: unknown): string {
  return inspect(error, { depth: null, showHidden: true, maxStringLength: null });
}
