import { inspect } from 'node:util';

/** The error a promise ends with. @throws when it ends well */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const failed = await promise.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (!failed) throw new Error('It ended well, but an error was expected.');
  return failed.error;
}

/** All that an error may show anywhere: message, stack, fields, causes. */
export function failureText(error: unknown): string {
  return inspect(error, { depth: null, showHidden: true, maxStringLength: null });
}
