/**
 * Errors of a directory or of Timely, as a closed family. Adapters turn each failed response into one of these, and one
 * interceptor turns these into Temporal failures. Workflows decide by `name`, because classes are lost on the way.
 * Messages say what failed and what to do. They never hold a token, a secret or a foreign body.
 */

export interface SyncErrorOptions {
  cause?: unknown;
  /** What an operator can do, in a sentence. */
  remedy?: string;
}

/** Base of the family. */
export class SyncError extends Error {
  readonly remedy: string;
  constructor(message: string, { cause, remedy = '' }: SyncErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.remedy = remedy;
  }
}

/** The directory refuses the sign-in until an administrator consents or renews a credential. */
export class ConsentNeededError extends SyncError {}

/** Timely no longer accepts the tokens. An admin has to run `connect` again. */
export class ConnectNeededError extends SyncError {}

/** A permission is missing on a side that otherwise works. */
export class PermissionError extends SyncError {}

/** The service asked to slow down. `retryAfterMs` is null when it did not say for how long. */
export class ThrottledError extends SyncError {
  readonly retryAfterMs: number | null;
  constructor(message: string, options: SyncErrorOptions & { retryAfterMs: number | null }) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * Ends by itself: a time-out, a lost connection, a 5xx status, or an HTML page instead of JSON. `retryAfterMs` is null when
 * the service did not say how long to wait.
 */
export class TransientError extends SyncError {
  readonly retryAfterMs: number | null;
  constructor(
    message: string,
    { retryAfterMs = null, ...options }: SyncErrorOptions & { retryAfterMs?: number | null } = {},
  ) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** One write or one page failed several times in a row. The next cycle tries again. */
export class AttemptsExhaustedError extends SyncError {}

/** The directory no longer knows the cursor. A full read is needed. */
export class CursorExpiredError extends SyncError {}

/** The response violates the contract of the service. */
export class ContractError extends SyncError {}

/** The configuration cannot work, for example an ambiguous group or a role that Timely does not have. */
export class ConfigurationError extends SyncError {}

/** Timely refused one person or team. The others continue. `fields` has Timely's messages by field. */
export class RejectedError extends SyncError {
  readonly fields: Record<string, string[]>;
  constructor(message: string, options: SyncErrorOptions & { fields: Record<string, string[]> }) {
    super(message, options);
    this.fields = options.fields;
  }
}

/** Timely reported success but did not do what the request asked for. What it did stays. */
export class WriteIgnoredError extends RejectedError {}

/**
 * A write that must not be repeated may have taken effect, and reads do not show it yet. `retryAfterMs` is null when
 * reading again soon does not help.
 */
export class UncertainWriteError extends SyncError {
  readonly retryAfterMs: number | null;
  constructor(message: string, options: SyncErrorOptions & { retryAfterMs: number | null }) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The requested object does not exist. */
export class NotFoundError extends SyncError {}

/** Whether a retry helps only after a person has acted, or in a later cycle. */
export function isPermanent(error: SyncError): boolean {
  return [
    ConfigurationError,
    ConnectNeededError,
    ConsentNeededError,
    PermissionError,
    AttemptsExhaustedError,
  ].some((kind) => error instanceof kind);
}
