/** Whether an error of Node's carries this code (`ENOENT`, …). */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

/** What a program that ended badly had said on standard error; empty when the error is of another kind. */
export function standardErrorOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
}
