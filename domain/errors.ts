/**
 * What can go wrong with a directory or with Timely, as a closed family. Adapters turn each foreign response into one of
 * these errors, and one interceptor turns the errors into Temporal's failures. Workflows decide by the failure's type
 * alone, because classes do not survive the trip. Messages say what failed and what to do; they never hold a token, a
 * secret or a foreign body.
 */

import { oneLine } from './shown-text.ts';

/** The types of the product's failures in Temporal: the name of each error, and what workflows and the client compare. */
export const failureTypes = {
  consentNeeded: 'ConsentNeededError',
  connectNeeded: 'ConnectNeededError',
  permission: 'PermissionError',
  throttled: 'ThrottledError',
  transient: 'TransientError',
  attemptsExhausted: 'AttemptsExhaustedError',
  cursorExpired: 'CursorExpiredError',
  contract: 'ContractError',
  configuration: 'ConfigurationError',
  rejected: 'RejectedError',
  writeIgnored: 'WriteIgnoredError',
  uncertainWrite: 'UncertainWriteError',
  notFound: 'NotFoundError',
  /** The cycle is no longer the tenant's newest unfinished one. */
  superseded: 'SupersededError',
  /** The tenant is paused, so nothing is written. */
  paused: 'PausedError',
  /** The store did not answer. */
  store: 'StoreError',
  /** A person or a command asked for what makes no sense; the message is for them. */
  wrongUse: 'WrongUse',
} as const;
export type FailureType = (typeof failureTypes)[keyof typeof failureTypes];

export interface SyncErrorOptions {
  cause?: unknown;
  /** What an operator can do, in a sentence. */
  remedy?: string;
  /** One line each below the message. */
  problems?: readonly string[];
}

/** The remedy follows it in one line. */
const asSentence = (message: string) => (/[.:!?…]$/.test(message) ? message : `${message}.`);

/** Base of the family. What a message quotes may be anything: it stays within its line. */
export abstract class SyncError extends Error {
  abstract override readonly name: FailureType;
  readonly remedy: string;
  constructor(message: string, { cause, remedy = '', problems = [] }: SyncErrorOptions = {}) {
    const lines = [remedy === '' ? message : asSentence(message), ...problems].map((line) => oneLine(line));
    super(lines.join('\n  '), cause === undefined ? undefined : { cause });
    this.remedy = oneLine(remedy);
  }
}

/** By its name: the worker's bundle has classes of its own (setup/bundle-program.mjs). */
export const isErrorOfType = (error: unknown, type: FailureType): error is SyncError =>
  error instanceof Error && error.name === type && 'remedy' in error;

/** The directory refuses our sign-in until an administrator consents or renews a credential. */
export class ConsentNeededError extends SyncError {
  override readonly name: FailureType = failureTypes.consentNeeded;
}

/** Timely no longer accepts our tokens: run `connect` again. */
export class ConnectNeededError extends SyncError {
  override readonly name: FailureType = failureTypes.connectNeeded;
}

/** A permission is missing on a side that otherwise answers. */
export class PermissionError extends SyncError {
  override readonly name: FailureType = failureTypes.permission;
}

/** The service asks us to slow down. `retryAfterMs` is null when it does not say for how long. */
export class ThrottledError extends SyncError {
  override readonly name: FailureType = failureTypes.throttled;
  readonly retryAfterMs: number | null;
  constructor(message: string, options: SyncErrorOptions & { retryAfterMs: number | null }) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * Passes by itself: time-out, lost connection, 5xx, an HTML page instead of JSON. `retryAfterMs` is null when the service
 * does not say for how long to wait, `status` when no response came.
 */
export class TransientError extends SyncError {
  override readonly name: FailureType = failureTypes.transient;
  readonly retryAfterMs: number | null;
  readonly status: number | null;
  constructor(
    message: string,
    {
      retryAfterMs = null,
      status = null,
      ...options
    }: SyncErrorOptions & { retryAfterMs?: number | null; status?: number | null } = {},
  ) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
    this.status = status;
  }
}

/** One write or one page failed several times in a row: leave it to the next cycle. */
export class AttemptsExhaustedError extends SyncError {
  override readonly name: FailureType = failureTypes.attemptsExhausted;
}

/** The directory no longer knows our cursor: read everything. */
export class CursorExpiredError extends SyncError {
  override readonly name: FailureType = failureTypes.cursorExpired;
}

/** The service sent a response that its contract does not allow. */
export class ContractError extends SyncError {
  override readonly name: FailureType = failureTypes.contract;
}

/** The configuration cannot work as it stands: an ambiguous group, a role that Timely does not have. */
export class ConfigurationError extends SyncError {
  override readonly name: FailureType = failureTypes.configuration;
}

/** Timely refused this one person or team; the others go on. `fields` are its messages by field. */
export class RejectedError extends SyncError {
  override readonly name: FailureType = failureTypes.rejected;
  readonly fields: Record<string, string[]>;
  constructor(message: string, options: SyncErrorOptions & { fields: Record<string, string[]> }) {
    super(message, options);
    this.fields = options.fields;
  }
}

/** Timely reported success and did something else than we asked for. What it did stays done. */
export class WriteIgnoredError extends RejectedError {
  override readonly name: FailureType = failureTypes.writeIgnored;
}

/**
 * A write that must not be sent twice may have taken effect, and cannot be seen yet. `retryAfterMs` is null when
 * looking again soon does not help.
 */
export class UncertainWriteError extends SyncError {
  override readonly name: FailureType = failureTypes.uncertainWrite;
  readonly retryAfterMs: number | null;
  constructor(message: string, options: SyncErrorOptions & { retryAfterMs: number | null }) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What we asked for does not exist. */
export class NotFoundError extends SyncError {
  override readonly name: FailureType = failureTypes.notFound;
}

/** Only the newest unfinished cycle of a tenant may write, and this is not it (docs/reference/rules.md section 7). */
export class SupersededError extends SyncError {
  override readonly name: FailureType = failureTypes.superseded;
}

/** The tenant is paused, so nothing is written to Timely. */
export class PausedError extends SyncError {
  override readonly name: FailureType = failureTypes.paused;
}

/** Whether a retry helps only after a person has acted, or in a later cycle. */
export function isPermanent(error: SyncError): boolean {
  return [
    ConfigurationError,
    ConnectNeededError,
    ConsentNeededError,
    PermissionError,
    AttemptsExhaustedError,
    SupersededError,
    PausedError,
  ].some((kind) => error instanceof kind);
}
