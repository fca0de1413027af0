import { oneLine } from '../domain/shown-text.ts';

/** How the command ends: the one table of exit codes (docs/commands.md). */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** Unknown options, answers that make no sense, an invalid tenant file. */
  wrongUse: 2,
  /** Done, and something is held: for a person, or until its cause ends. */
  somethingHeld: 3,
  /** Done, and some people failed. */
  somePeopleFailed: 4,
  /** Temporal or a worker is not reachable; the number is EX_UNAVAILABLE of BSD's sysexits.h. */
  notReachable: 69,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** How a command ends that reports on changes: failed people come before held changes, and these before "done". */
export function exitCodeOfChanges({ held, failed }: { held: number; failed: number }): ExitCode {
  if (failed > 0) return exitCodes.somePeopleFailed;
  return held > 0 ? exitCodes.somethingHeld : exitCodes.done;
}

/** Ends the command with one sentence on standard error and the given exit code. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** There is no tenant of the name that was typed: the program says which ones are like it (client/tenant-meant.ts). */
export class UnknownTenantError extends CommandError {
  readonly tenant: string;
  constructor(tenant: string, advice: string) {
    super(exitCodes.failed, `There is no tenant ${tenant}: ${advice}`);
    this.name = 'UnknownTenantError';
    this.tenant = tenant;
  }
}

/** Something that was typed makes no sense: exit code 2. */
export const usageError = (message: string) => new CommandError(exitCodes.wrongUse, oneLine(message));

/** The message of any thrown value. */
export function sentenceOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}
