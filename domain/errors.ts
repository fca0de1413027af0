/**
 * What can go wrong with a directory or with Timely, as a closed family: adapters turn each foreign answer into one of
 * these, one interceptor turns these into Temporal's failures, and workflows decide by `name` alone (classes do not
 * survive the trip). Messages say what failed and what to do; they never hold a token, a secret or a foreign body.
 */

export interface SyncErrorOptions {
  cause?: unknown;
  /** What an operator can do about it, in a sentence. */
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

/** The directory refuses our sign-in until an administrator consents or a credential is renewed. */
export class ConsentNeededError extends SyncError {}

/** Timely no longer accepts our tokens: somebody has to `connect` again. */
export class ConnectNeededError extends SyncError {}

/** A permission is missing on a side that otherwise answers. */
export class PermissionError extends SyncError {}

/** The service told us to slow down. `retryAfterMs` is null when it did not say for how long. */
export class ThrottledError extends SyncError {
  readonly retryAfterMs: number | null;
  constructor(message: string, options: SyncErrorOptions & { retryAfterMs: number | null }) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * Passes by itself: time-out, lost connection, 5xx, an HTML page instead of JSON. `retryAfterMs` is null when nobody said
 * for how long to wait.
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

/** The same several times in a row for one write or one page: it is left to the next cycle. */
export class AttemptsExhaustedError extends SyncError {}

/** The directory no longer knows our cursor: read it whole. */
export class CursorExpiredError extends SyncError {}

/** The service answered what its contract does not allow. */
export class ContractError extends SyncError {}

/** The configuration cannot work as it stands: an ambiguous group, a role that Timely does not have. */
export class ConfigurationError extends SyncError {}

/** Timely refused this one person or team; everybody else goes on. `fields` are its messages by field. */
export class RejectedError extends SyncError {
  readonly fields: Record<string, string[]>;
  constructor(message: string, options: SyncErrorOptions & { fields: Record<string, string[]> }) {
    super(message, options);
    this.fields = options.fields;
  }
}

/** Timely answered with success and did something else than it was asked for: what it did stays done. */
export class WriteIgnoredError extends RejectedError {}

/**
 * A write that must not be sent twice may have taken effect, and cannot be seen yet. `retryAfterMs` is null when
 * looking again soon is of no use.
 */
export class UncertainWriteError extends SyncError {
  readonly retryAfterMs: number | null;
  constructor(message: string, options: SyncErrorOptions & { retryAfterMs: number | null }) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What was asked for is not there. */
export class NotFoundError extends SyncError {}

/** Trying again helps only after a person has done something, or in a later cycle. */
export function isPermanent(error: SyncError): boolean {
  return [
    ConfigurationError,
    ConnectNeededError,
    ConsentNeededError,
    PermissionError,
    AttemptsExhaustedError,
  ].some((kind) => error instanceof kind);
}
